// Order of search results: pages that answer the question come before those that only
// contain the word, and before methods that have it as their name.
var Scorer = {
  score: ([docname, , , , score, , kind]) => {
    // These pages have a word of every other page.
    if (["guide", "glossary", "howto/index", "reference"].includes(docname)) return score - 10;
    if (docname.startsWith("howto/") || docname.startsWith("migrate/")) return score + 6;
    if (kind === "object") return score - 8;
    return docname.startsWith("auto_examples/") || docname === "changes" ? score - 1 : score;
  },
  // Sphinx's own numbers.
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
