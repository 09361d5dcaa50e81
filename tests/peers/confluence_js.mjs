// confluence.js does a small job on a Cloud site; its own schemas check each answer.
import { createV1Client, createV2Client } from "confluence.js";

const [url, email, apiToken] = process.argv.slice(2);
const settings = { host: new URL(url).origin, auth: { type: "basic", email, apiToken } };
const v1 = createV1Client(settings);
const v2 = createV2Client(settings);
const storage = (value) => ({ representation: "storage", value });

const { results: spaces } = await v2.space.getSpaces({ keys: ["ENG"] });
const spaceId = spaces[0].id;
const page = await v2.page.createPage({ body: { spaceId, title: "A guide", body: storage("<p>one two</p>") } });
const below = await v2.page.createPage({
  body: { spaceId, title: "Below", parentId: page.id, body: storage("<p>x</p>") },
});
await v2.page.updatePage({
  id: page.id,
  body: {
    id: page.id, status: "current", title: "A guide", body: storage("<p>one two three</p>"),
    version: { number: 2, message: "why" },
  },
});
const read = await v2.page.getPageById({ id: page.id, bodyFormat: "storage" });
await v2.page.getPagesInSpace({ id: spaceId, bodyFormat: "storage" });
await v2.descendants.getPageDescendants({ id: page.id });
await v2.children.getPageDirectChildren({ id: page.id });
await v2.ancestors.getPageAncestors({ id: below.id });
await v2.version.getPageVersions({ id: page.id });

const comment = await v2.comment.createFooterComment({ pageId: page.id, body: storage("<p>hm</p>") });
await v2.comment.createFooterComment({ parentCommentId: comment.id, body: storage("<p>ha</p>") });
const inline = await v2.comment.createInlineComment({
  pageId: page.id, body: storage("<p>which?</p>"),
  inlineCommentProperties: { textSelection: "two", textSelectionMatchCount: 1, textSelectionMatchIndex: 0 },
});
await v2.comment.updateInlineComment({
  commentId: inline.id, version: { number: 2 }, body: storage("<p>ok</p>"), resolved: true,
});
const { results: comments } = await v2.comment.getPageFooterComments({ id: page.id, bodyFormat: "storage" });
await v2.comment.getPageInlineComments({ id: page.id, bodyFormat: "storage" });
await v2.like.getPageLikeCount({ id: page.id });
const property = await v2.contentProperties.createPageProperty({ pageId: page.id, key: "k", value: { a: 1 } });
await v2.contentProperties.updatePagePropertyById({
  pageId: page.id, propertyId: property.id, key: "k", value: 2, version: { number: 2 },
});

await v1.contentLabels.addLabelsToContent({ id: page.id, body: [{ prefix: "global", name: "ops" }] });
const { results: labels } = await v2.label.getPageLabels({ id: page.id });
const found = await v1.content.searchContentByCQL({ cql: 'label = ops', expand: ["version", "space"] });
const searched = await v1.search.searchByCQL({ cql: 'siteSearch ~ "guide"' });
await v1.users.getCurrentUser();
await v1.group.getGroups();
await v2.page.deletePage({ id: below.id });

console.log(JSON.stringify([
  read.body.storage.value.replace(/<\/?ac:[^>]*>/g, ""), comments.length, labels[0].name,
  found.results[0].version.number, searched.results[0].title,
]));
