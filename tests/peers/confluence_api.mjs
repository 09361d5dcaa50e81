// confluence-api creates, changes, labels, searches and deletes a page by v1.
import { promisify } from "node:util";
import Confluence from "confluence-api";

const [baseUrl, username, password] = process.argv.slice(2);
const wiki = new Confluence({ username, password, baseUrl });
const call = (name, ...given) => promisify(wiki[name].bind(wiki))(...given);

const home = (await call("getContentByPageTitle", "ENG", "Home")).results[0];
const made = await call("postContent", "ENG", "A guide", "<p>one</p>", home.id);
await call("putContent", "ENG", made.id, 2, "A guide", "<p>two</p>");
await call("postLabels", made.id, [{ prefix: "global", name: "ops" }]);
const labels = await call("getLabels", made.id);
const read = await call("getCustomContentById", { id: made.id, expanders: ["body.storage", "version"] });
const found = await call("search", "cql=label=ops");
const gone = await call("postContent", "ENG", "Gone", "<p>x</p>", made.id);
await call("deleteContent", gone.id);
console.log(JSON.stringify([
  read.body.storage.value, read.version.number, labels.results[0].name,
  found.results[0].content?.title ?? found.results[0].title,
]));
