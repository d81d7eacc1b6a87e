// What the reader chose for all operations of the page: kept in the tab.

const PREFIX = "reference."; // the console keeps its own key in the tab

export function choice(name, initial) {
  const listeners = [];
  let value = sessionStorage.getItem(PREFIX + name) ?? initial;
  return {
    get: () => value,
    set(next) {
      value = next;
      sessionStorage.setItem(PREFIX + name, next);
      for (const listener of listeners) listener(next);
    },
    watch: (listener) => listeners.push(listener),
  };
}

let credentials;

// The API key, at first that of the console or of the server's facts, and the control token. Where the facts have no key,
// keys are secrets, and that of the console is not shown here.
export const keyAndToken = (facts) =>
  (credentials ??= {
    key: choice("key", facts.key === null ? "" : (sessionStorage.getItem("key") ?? facts.key)),
    token: choice("token", ""),
  });

export const language = choice("language", "curl");

// The name of the world that a key opens; null for what is no key.
export const worldOf = (key) => KEY.exec(key)?.[1] ?? null;

const KEY = /^sk_(?:live|test)_([\w-]{1,64}?)(?:_readonly|_revoked|_expired)?$/;
