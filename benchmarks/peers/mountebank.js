function (config) {
  const { path, query } = config.request;
  const accounts = config.state.accounts ??= new Map(
    JSON.parse(require('fs').readFileSync(ACCOUNTS_FILE)).map(account => [account.id, account]));
  const id = path.split('/').pop();
  const answer = (statusCode, document) => ({
    statusCode,
    // mountebank sets the length where the header is there; it would close the connection otherwise
    headers: { 'Content-Type': 'application/json', 'Content-Length': 0, Connection: 'keep-alive' },
    body: JSON.stringify(document)
  });
  const missing = () => answer(404, { status: 404 });
  const list = () => {
    const data = [...accounts.values()].filter(({ platform }) => !query.platform || platform === query.platform);
    return answer(200, { data: data.slice(0, Number(query.limit ?? 25)), next_cursor: null });
  };
  const get = () => accounts.has(id) ? answer(200, accounts.get(id)) : missing();
  const remove = () => accounts.delete(id) ? answer(204, '') : missing();
  return 'ANSWER';
}
