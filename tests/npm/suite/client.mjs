// An integrator's client, as small as it can be: it waits out 429 and 503, and starts and ends the connect flow.

export class Client {
  constructor(mock, sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))) {
    this.url = mock.apiUrl;
    this.key = mock.key;
    this.sleep = sleep;
  }

  async call(method, path, body) {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${this.key}`, "content-type": "application/json" },
        body: body && JSON.stringify(body),
      });
      const answer = await response.json();
      if (response.ok) return answer;
      if (![429, 503].includes(response.status) || attempt === 5) throw new ApiError(response.status, answer);
      await this.sleep(Number(response.headers.get("retry-after")));
    }
  }

  list(query = {}) {
    return this.call("GET", `/social-accounts?${new URLSearchParams(query)}`);
  }

  async listAll(query = {}) {
    const accounts = [];
    for (let cursor; cursor !== null; ) {
      const page = await this.list(cursor ? { ...query, cursor } : query);
      accounts.push(...page.data);
      cursor = page.next_cursor;
    }
    return accounts;
  }

  async authUrl(network, request) {
    return (await this.call("POST", `/social-networks/${network}/auth-url`, request)).auth_url;
  }

  pending(token) {
    return this.call("GET", `/social-accounts/pending/${token}`);
  }

  async finalize(token, ids) {
    const path = `/social-accounts/pending/${token}/finalize`;
    return (await this.call("POST", path, { selectedPageIds: ids })).connectedAccounts;
  }
}

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail);
    this.status = status;
    this.code = problem.code;
  }
}
