// The call of an operation in several languages: [{id, label, language, text}].

export function samples(operation, {server, key}) {
  const authorization = operation.needsKey ? ` \\\n  -H "Authorization: Bearer ${key ?? "sk_test_…"}"` : "";
  return [{id: "curl", label: "curl", language: "bash", text: `curl -X ${operation.method} ${server}${operation.path}${authorization}`}];
}
