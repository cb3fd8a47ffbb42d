/*
 * collection.h - the documents of one file, where "action" makes them depend on each other.
 *
 * Include diag.h, ir.h and node.h first.
 */
#ifndef COLLECTION_H
#define COLLECTION_H

/* Makes every document from index first on a whole one and drops those that are not rules. An action of
 *   global  stands for no rule; what it holds is added to the documents after it, up to the next global or reset
 *   reset   ends a global
 *   repeat  is the document before it again, with what this one says in place of what that one said
 * Maps are joined key by key; where both sides have a key, the later document's value is taken. Errors are queued and
 * mark the document bad. */
void collection_resolve(struct arena *arena, struct diag_list *diags, struct document_list *documents, size_t first);
#endif
