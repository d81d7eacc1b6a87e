// Which entries of a search have the words of a query. No DOM, so Node reads it too.

const PER_KIND = 6;

// The entries that have all words of `query`, the best of each kind: [[kind, entries, total]], the best kind first. Of a
// piece of a URL the names count: `?limit=1000` asks for `limit`.
export function matches(all, query) {
  const terms = query.toLowerCase().split(/[\s?&]+/).map((term) => term.replace(/=.*/, "")).filter(Boolean);
  if (!terms.length) return [];
  const kinds = new Map();
  for (const entry of all) {
    if (!terms.every((term) => entry.words.includes(term))) continue;
    kinds.set(entry.kind, [...(kinds.get(entry.kind) ?? []), {...entry, rank: rank(entry, terms)}]);
  }
  const best = [...kinds].map(([kind, list]) => [kind, list.toSorted(byRank).slice(0, PER_KIND), list.length]);
  return best.toSorted(([, [a]], [, [b]]) => byRank(a, b));
}

const byRank = (a, b) => a.rank - b.rank;

// The name itself comes first, then names that begin with the words, then names that have them. What has an `id` besides
// its title has two names.
const rank = ({title, id = title}, terms) => Math.min(...[title, id].map((name) => nameRank(name.toLowerCase(), terms)));

function nameRank(name, terms) {
  if (name === terms.join(" ")) return 0;
  if (terms.every((term) => name.startsWith(term))) return 1;
  return terms.every((term) => name.includes(term)) ? 2 : 3;
}
