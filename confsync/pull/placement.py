"""The place of every document of a space after a pull, and the moves to get there. Pure.

The module makes nodes for `tree.place` from the scan and the server's pages.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace

from confsync.document import paths
from confsync.document.paths import Destination
from confsync.document.tree import Node, Post, place, place_posts
from confsync.mirror.entry import Entry
from confsync.mirror.scan import SpaceScan
from confsync.model.filenames import BLOG
from confsync.sync.compare import Content, Parent
from confsync.sync.fetch import Case
from confsync.sync.space_view import SpaceView


@dataclass(frozen=True, slots=True)
class Placement:
    """The places of new pages, the moves of documents, and the directories of folders.

    `leaving` are documents that leave their places, in the form in which names compare; their
    attachments go with them. `tops` are pages that stand at the top because their parent has no
    place. `hidden` are folders that are not visible now but still hold documents.
    """

    new: Mapping[str, Destination]
    moves: Mapping[str, Destination]
    folders: Mapping[str, Destination]
    tops: frozenset[str]
    hidden: frozenset[str]
    leaving: frozenset[str]

    def files_left_at(self, new: Destination) -> str | None:
        """Return the document whose attachments a new page finds at its place, or None.

        The files come from an interrupted pull. If a document stands at the place now, its files
        move with it, and the result is None.
        """
        return None if paths.folded(new.path) in self.leaving else new.path


@dataclass(frozen=True, slots=True)
class FileNames:
    """The ids of pages whose file names are special.

    An `outdated` name is that of an earlier title. An `own` name was chosen by a person.
    """

    outdated: Set[str]
    own: Set[str]


@dataclass(frozen=True, slots=True)
class _LocalTree:
    """The documents and folders of a space at their present places.

    `keys` maps a document's path to its key. `stems` maps the path below the space's directory,
    without suffix, to the same key. `places` also has folders. `owners` also finds a document or
    folder by a directory whose name differs in case.
    """

    keys: Mapping[str, str]
    stems: Mapping[str, str]
    places: Mapping[str, str]
    owners: Mapping[str, str]

    @classmethod
    def of(cls, scan: SpaceScan, entries: list[Entry], home: str | None) -> _LocalTree:
        keys = _keys(entries, home)
        stems = {_stem(scan, path): key for path, key in keys.items()}
        folders = {directory: folder.id for directory, folder in scan.folders.items()}
        places = {**stems, **folders} if folders else stems
        alike = paths.alike(places, (stem.rpartition("/")[0] for stem in stems))
        return cls(keys, stems, places, {**places, **alike} if alike else places)


def arrange(
    view: SpaceView,
    removed: frozenset[str],
    deleted: Mapping[str, str],
    names: FileNames,
) -> Placement:
    """Return the place of every document of a space.

    `removed` are paths that this pull removes. `deleted` maps ids that stay away to their old
    paths.
    """
    scan = view.scan
    remaining = [entry for entry in scan.entries if entry.path not in removed]
    if scan.config.posts:
        return _arrange_posts(view, removed, deleted, names)
    tree = _LocalTree.of(scan, remaining, view.home)
    nodes, fixed = _document_nodes(view, remaining, tree, names)
    nodes += _remote_nodes(view, {node.key for node in nodes}, deleted)
    hidden = _hidden_folders(view, nodes, tree.owners)
    nodes += hidden
    nodes = _out_of_the_blog(nodes) if scan.config.blog else nodes
    placed = place(nodes, view.home, fixed)
    moves = {
        path: _document(scan, placed[key])
        for path, key in tree.keys.items()
        if key in placed and scan.inner(path) != placed[key] + paths.SUFFIX
    }
    return Placement(
        new={page_id: _document(scan, placed[page_id]) for page_id in view.new},
        moves=moves,
        folders=_folders(view, placed),
        tops=_tops(nodes, placed, view.home) - {view.home},
        hidden=frozenset(node.key for node in hidden),
        leaving=_leaving(moves, removed),
    )


def _folders(view: SpaceView, placed: Mapping[str, str]) -> dict[str, Destination]:
    """Return the directory of each folder. A folder at the top has the space's directory."""
    places = {i: placed[i] for i in view.folders if i in placed}
    if view.home is not None and view.home in view.folders:
        places[view.home] = "."
    return {i: Destination(view.scan.outer(place)) for i, place in places.items()}


def _document_nodes(
    view: SpaceView, entries: list[Entry], tree: _LocalTree, names: FileNames
) -> tuple[list[Node], list[str]]:
    """Return a node for each document, and the places of documents that must stay."""
    nodes: list[Node] = []
    fixed: list[str] = []
    for entry in entries:
        node = _node(view, entry, tree, names)
        if node is None:
            fixed.append(_stem(view.scan, entry.path))
        else:
            nodes.append(node)
    return nodes, fixed


def _tops(nodes: Iterable[Node], placed: Container[str], home: str | None) -> frozenset[str]:
    """Return the keys of nodes that stand at the top because their parent has no place."""
    lost = (n for n in nodes if n.parent not in (None, home) and n.parent not in placed)
    return frozenset(node.key for node in lost)


def arrange_new(view: SpaceView, deleted: Mapping[str, str]) -> Placement:
    """Return places for new pages while all documents stay; `deleted` is as for `arrange`.

    If another document is still at the place of the home page, a new home page gets no place yet.
    """
    scan = view.scan
    tree = _LocalTree.of(scan, list(scan.entries), view.home)
    fixed = [*tree.places, *(_stem(scan, path) for path in deleted.values())]
    if scan.config.posts:
        posts = [Post(i, p.title, p.posted or "") for i, p in view.new.items()]
        stay = place_posts(posts, fixed)
        new = {page_id: _document(scan, stay[page_id]) for page_id in view.new}
        return Placement(new, {}, {}, frozenset(), frozenset(), frozenset())
    known = {folder.id for folder in scan.folders.values()}
    home = tree.stems.get(paths.HOME)
    infos = [info for info in view.new.values() if home is None or info.id != view.home]
    fresh = [Node(info.id, info.title, info.parent) for info in infos]
    folders = [f for f in view.folders.values() if f.id not in known and f.id != view.home]
    fresh += [Node(f.id, f.title, f.parent) for f in folders]
    nodes = [*_unmoved_nodes(tree), *fresh]
    placed = place(nodes, home or view.home, fixed)
    made = [i for i in view.folders if i in placed and i not in known]
    return Placement(
        new={i: _document(scan, placed[i]) for i in view.new if i in placed},
        moves={},
        folders={i: Destination(scan.outer(placed[i])) for i in made},
        tops=_tops(fresh, placed, home or view.home),
        hidden=frozenset(known),
        leaving=frozenset(),
    )


def _unmoved_nodes(tree: _LocalTree) -> Iterator[Node]:
    """Yield a node for each document and folder below the top, with its present name."""
    for stem, key in tree.places.items():
        if stem == ".":
            continue
        directory, _, name = stem.rpartition("/")
        if not directory or directory in tree.owners:
            yield Node(key, "", tree.owners.get(directory), name)


def _stem(scan: SpaceScan, path: str) -> str:
    """Return a document's path below the space's directory, without suffix."""
    return scan.inner(path).removesuffix(paths.SUFFIX)


def _document(scan: SpaceScan, stem: str) -> Destination:
    return Destination(f"{scan.outer(stem)}{paths.SUFFIX}")


def _leaving(moves: Mapping[str, Destination], removed: Iterable[str]) -> frozenset[str]:
    return frozenset(map(paths.folded, (*moves, *removed)))


def _out_of_the_blog(nodes: list[Node]) -> list[Node]:
    """Return the nodes; a node with the blog's name gets another name."""
    blog = paths.folded(BLOG)
    return [replace(n, held=None) if n.held and paths.folded(n.held) == blog else n for n in nodes]


def _arrange_posts(
    view: SpaceView, removed: frozenset[str], deleted: Mapping[str, str], names: FileNames
) -> Placement:
    """Place a blog: every post goes below the server's day, wherever it stands now."""
    scan = view.scan
    remaining = [entry for entry in scan.entries if entry.path not in removed]
    stems = {entry.path: _stem(scan, entry.path) for entry in remaining}
    here: dict[str, str] = {}
    posts: list[Post] = []
    fixed: list[str] = []
    for entry in remaining:
        case = view.cases.get(entry.page_id or "")
        restored = case is not None and case.decisions.content is Content.RESTORED
        if entry.page_id is None or case is None or case.page is None or restored:
            fixed.append(stems[entry.path])
            continue
        info, name = case.page.info, stems[entry.path].rpartition("/")[2]
        keeps = info.id in names.own or (info.id not in names.outdated and _keeps_name(case))
        held = name if keeps else None
        posts.append(Post(info.id, info.title, info.posted or "", held))
        here[entry.path] = info.id
    posts += [Post(i, p.title, p.posted or "") for i, p in view.new.items()]
    for page_id, path in deleted.items():
        if page_id in view.infos and page_id not in view.cases:
            info = view.infos[page_id]
            posts.append(Post(page_id, info.title, info.posted or "", _stem_name(path)))
    placed = place_posts(posts, fixed)
    moves = {
        path: _document(scan, placed[key])
        for path, key in here.items()
        if placed[key] != stems[path]
    }
    new = {page_id: _document(scan, placed[page_id]) for page_id in view.new}
    return Placement(new, moves, {}, frozenset(), frozenset(), _leaving(moves, removed))


def _keys(entries: list[Entry], home: str | None) -> dict[str, str]:
    """Return a key for each document: its page id, or its path if it has no page.

    If several documents claim the same page, the one with other documents below it has the id. A
    broken document cannot take the home page's place.
    """
    directories = {entry.path.rpartition("/")[0] for entry in entries}
    keys: dict[str, str] = {}
    used: set[str] = set()
    for entry in sorted(
        entries, key=lambda e: e.path.removesuffix(paths.SUFFIX) not in directories
    ):
        claimed = entry.page_id if entry.claimed_id == home else entry.claimed_id
        key = claimed if claimed and claimed not in used else paths.unborn(entry.path)
        used.add(key)
        keys[entry.path] = key
    return keys


def _node(view: SpaceView, entry: Entry, tree: _LocalTree, names: FileNames) -> Node | None:
    """Return the node of a document, or None if it must stay."""
    key, owners = tree.keys[entry.path], tree.owners
    directory, _, name = _stem(view.scan, entry.path).rpartition("/")
    case = view.cases.get(entry.page_id or "")
    if case is not None and case.page is not None:
        title = case.page.info.title
        own = name if entry.page_id in names.own else None
        stays = case.decisions.parent is not Parent.FOLLOW
        keeps = (own and stays) or (entry.page_id not in names.outdated and _keeps_name(case))
        return Node(key, title, _effective_parent(case), name if keeps else None, own)
    if case is not None:
        return Node(key, case.local.title, case.local.wanted, name)
    if entry.document and entry.document.stamp:
        return Node(key, entry.document.title, view.scan.wanted(entry), name)
    if not directory or directory in owners:
        return Node(key, name, owners.get(directory), name)
    return None


def _effective_parent(case: Case) -> str | None:
    """Return the parent of a document after this pull. A local move stays.

    The place of a document that git put back stays too.
    """
    mine = case.decisions.parent in (Parent.MOVE, Parent.DIVERGED)
    if case.page is None or mine or case.decisions.content is Content.RESTORED:
        return case.local.wanted
    return case.page.info.parent


def _keeps_name(case: Case) -> bool:
    """Return whether a page keeps its file name, because title and parent did not change."""
    retitled = (
        case.decisions.content is Content.BEHIND
        and case.page is not None
        and case.page.info.title != case.local.title
    )
    return not retitled and case.decisions.parent is not Parent.FOLLOW


def _remote_nodes(
    view: SpaceView,
    local: set[str],
    deleted: Mapping[str, str],
) -> list[Node]:
    """Return nodes for new pages, for pages that were deleted here on purpose, and for folders."""
    nodes = [Node(info.id, info.title, info.parent) for info in view.new.values()]
    nodes += [
        Node(page_id, view.infos[page_id].title, view.infos[page_id].parent, _stem_name(path))
        for page_id, path in deleted.items()
        if page_id in view.infos and page_id not in local
    ]
    held = {folder.id: (folder, path) for path, folder in view.scan.folders.items()}
    for folder in view.folders.values():
        if folder.id == view.home:
            continue
        known, path = held.get(folder.id, (None, ""))
        same = known is not None and known.title == folder.title
        nodes.append(
            Node(folder.id, folder.title, folder.parent, path.rpartition("/")[2] if same else None)
        )
    return nodes


def _hidden_folders(
    view: SpaceView, nodes: list[Node], owners: Mapping[str, str | None]
) -> list[Node]:
    """Return nodes for folders that are not visible now but are still needed.

    A folder is needed if a page names it as its parent, or if a person put a document there.
    """
    needed = {node.parent for node in nodes}
    found: list[Node] = []
    for path, folder in sorted(view.scan.folders.items(), key=lambda one: -one[0].count("/")):
        if folder.id in needed and folder.id not in view.folders:
            directory, _, name = path.rpartition("/")
            found.append(Node(folder.id, folder.title, owners.get(directory), name))
            needed.add(owners.get(directory))
    return found


def _stem_name(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(paths.SUFFIX)
