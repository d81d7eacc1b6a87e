// Whose world is acted on, and the control token, where the server asks for one. Both stay with this tab.

const LONGEST = 24; // of a name that is shown: a longer one may be somebody's real key
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const KEY = /^sk_(live|test)_([\x21-\x7e]+)$/;
const SUFFIX = /_(readonly|revoked|expired)$/;

export const identity = {
  key: sessionStorage.getItem("key") ?? "sk_test_demo",
  token: sessionStorage.getItem("control-token"),
};

// The key that a person means who types a world's name, or a key; null for what is neither.
export function keyOf(text) {
  if (KEY.test(text)) return text;
  return NAME.test(text) && !text.startsWith("sk_") ? `sk_test_${text}` : null;
}

// The key of a world in the list. Where the two modes of a key are two worlds, that of test mode is called NAME:test.
export function keyOfListed(name, names) {
  const test = name.endsWith(":test");
  const bare = test ? name.slice(0, -":test".length) : name;
  if (!NAME.test(bare)) return null;
  const separate = names.some((each) => each.endsWith(":test"));
  return separate && !test ? `sk_live_${bare}` : `sk_test_${bare}`;
}

export function nameOf(key) {
  const name = key.replace(/^sk_(live|test)_/, "").replace(SUFFIX, "");
  return name.length <= LONGEST ? name : `${name.slice(0, 6)}…${name.slice(-2)}`;
}

export function use(key) {
  identity.key = key;
  sessionStorage.setItem("key", key);
}

export function useToken(token) {
  identity.token = token;
  sessionStorage.setItem("control-token", token);
}
