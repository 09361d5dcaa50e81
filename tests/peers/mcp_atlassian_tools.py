"""mcp-atlassian's tools do a job, as an assistant calls them. See test_mcp_atlassian.py."""

import asyncio
import json
import os
import sys
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

url, user, token, flavor, proxy, who, space_id, template = sys.argv[1:]
cloud = flavor == "cloud"
settings = {"CONFLUENCE_URL": url, "TOOLSETS": "all"}
if cloud:
    settings |= {"CONFLUENCE_USERNAME": user, "CONFLUENCE_API_TOKEN": token}
    # it knows a Cloud by its name, so its option for a proxy leads to the sandbox
    settings |= {"CONFLUENCE_HTTP_PROXY": proxy, "NO_PROXY": ""}
    settings |= {"MCP_ALLOWED_URL_DOMAINS": "atlassian.net"}
else:
    settings["CONFLUENCE_PERSONAL_TOKEN"] = token
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


class Tools:
    """The tools of a running server, and which of them were called."""

    def __init__(self, session):
        self.session = session
        self.called = set()

    async def __call__(self, tool, **given):
        self.called.add(f"confluence_{tool}")
        answer = await self.session.call_tool(f"confluence_{tool}", given)
        text = "".join(getattr(one, "text", "") for one in answer.content)
        try:
            found = json.loads(text)
        except ValueError:
            found = text
        failed = isinstance(found, dict) and ("error" in found or found.get("success") is False)
        if answer.isError or failed:
            sys.exit(f"{tool} {given}: {text}")
        return found


async def write_and_read(call):
    home = (await call("get_page", title="Home", space_key="ENG"))["metadata"]["id"]
    made = await call(
        "create_page",
        space_key="ENG",
        title="A guide",
        content="# One\n\nSome *text*",
        parent_id=home,
        emoji="\N{MEMO}",
    )
    page = made["page"]["id"]
    given = {"parent_id": page, "content_format": "storage", "content": "<p>b</p>"}
    below = (await call("create_page", space_key="ENG", title="Below", **given))["page"]["id"]
    new = "# One\n\nOther text\n\n# Two\n\nx"
    await call("update_page", page_id=page, title="A guide", content=new, version_comment="why")
    await call("update_page_section", page_id=page, heading_text="Two", new_content="a section")
    read = await call("get_page", page_id=page)
    raw = await call("get_page", page_id=page, convert_to_markdown=False)
    children = await call("get_page_children", parent_id=page, include_content=True)
    tree = await call("get_space_page_tree", space_key="ENG")
    old = await call("get_page_history", page_id=page, version=1)
    diff = await call("get_page_diff", page_id=page, from_version=1, to_version=2)
    found = [
        read["metadata"]["content"]["value"],
        raw["metadata"]["content"]["value"],
        read["metadata"]["emoji"],
        [one["title"] for one in children["results"]],
        sorted(one["title"] for one in tree["pages"]),
        "Some" in old["content"]["value"],
        "+Other text" in diff["diff"],
    ]
    return home, page, below, found


async def talk_and_search(call, page):
    await call("add_label", page_id=page, name="ops")
    labels = await call("get_labels", page_id=page)
    said = (await call("add_comment", page_id=page, body="a *comment*"))["comment"]["id"]
    await call("reply_to_comment", comment_id=said, body="a reply")
    comments = await call("get_comments", page_id=page)
    selected = {"text_selection_match_count": 1, "text_selection_match_index": 0}
    await call(
        "add_inline_comment", page_id=page, body="which?", text_selection="Other", **selected
    )
    inline = await call("get_inline_comments", page_id=page)
    plain = await call("search", query="Other text")
    cql = await call("search", query='type=page AND space=ENG AND text ~ "Other"')
    # it asks a Data Center for a group's members
    user = await call("search_user", query='user.fullname ~ "Me"', group_name="confluence-users")
    return [
        [one["name"] for one in labels],
        sorted(one["body"] for one in comments),
        [one["body"] for one in inline["comments"]],
        [[one["title"], one["space"]["key"]] for one in (*plain, *cql)],
        [one["user"]["display_name"] for one in user],
    ]


async def send_files(call, page):
    file = Path("a.txt").resolve()
    for text in ("one", "two"):
        file.write_text(text)
        await call("upload_attachment", content_id=page, file_path=str(file), comment=text)
    picture = file.with_name("dot.png")
    picture.write_bytes(PIXEL)
    await call("upload_attachments", content_id=page, file_paths=str(picture))
    listed = await call("get_attachments", content_id=page)
    ids = {one["title"]: one["id"] for one in listed["attachments"]}
    await call("download_attachment", attachment_id=ids["a.txt"])
    every = await call("download_content_attachments", content_id=page)
    images = await call("get_page_images", content_id=page)
    await call("delete_attachment", attachment_id=ids["a.txt"])
    return [sorted(ids), every["downloaded"], images["downloaded"]]


async def arrange(call, home, page, below):
    await call("get_page_restrictions", page_id=page)
    allowed = await call("set_page_restrictions", page_id=page, edit_users=[who])
    copied = await call(
        "copy_page", source_page_id=page, destination_space_key="OPS", new_title="Copied"
    )
    await call("move_page", page_id=below, target_parent_id=home)
    gone = await call("create_page", space_key="ENG", title="Gone", content="x")
    await call("delete_page", page_id=gone["page"]["id"])
    return [allowed["restrictions"]["update"]["users"], copied["page"]["space"]["key"]]


async def only_cloud(call, page):
    views = await call("get_page_views", page_id=page)
    (listed,) = (await call("list_page_templates", space_key="ENG"))["templates"]
    read = await call("get_page_template", template_id=template)
    await call("create_page_from_template", space_key="ENG", title="Minutes", template_id=template)
    checked = await call(
        "check_content_permissions", content_id=page, user_identifier=who, operation="read"
    )
    rights = await call("get_space_permissions", space_id=space_id)
    return [
        views["total_views"],
        listed["name"],
        read["body"],
        checked["hasPermission"],
        len(rights["results"]) > 0,
    ]


async def main():
    program = Path(sys.executable).with_name("mcp-atlassian")
    server = StdioServerParameters(command=str(program), env={**os.environ, **settings})
    with Path("log").open("w") as log:
        async with stdio_client(server, errlog=log) as ends, ClientSession(*ends) as session:
            await session.initialize()
            names = {one.name for one in (await session.list_tools()).tools}
            call = Tools(session)
            home, page, below, pages = await write_and_read(call)
            found = {
                "pages": pages,
                "talk": await talk_and_search(call, page),
                "files": await send_files(call, page),
                "places": await arrange(call, home, page, below),
                "cloud": await only_cloud(call, page) if cloud else None,
                "uncalled": sorted(names - call.called),
            }
    print(json.dumps(found))


asyncio.run(main())
