"""The HTML of the browser pages. Jinja escapes every value; only `rendered` is markup already."""

from __future__ import annotations

LAYOUT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}{% endblock %} - confsync sandbox</title>
<style>
:root { color-scheme: light dark; --line: #8884; --accent: #0b5cad; --soft: #8881; }
@media (prefers-color-scheme: dark) { :root { --accent: #7ab7f5; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; }
header { display: flex; gap: 1rem; align-items: baseline; padding: .7rem 1.5rem;
  border-bottom: 1px solid var(--line); background: var(--soft); }
header strong { margin-right: auto; }
main { max-width: 52rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
a { color: var(--accent); }
h1 { line-height: 1.2; margin: .6rem 0; }
.meta, small, label { color: #777; font-size: .88rem; }
.crumbs { font-size: .88rem; }
.notice { border: 1px solid #d08700; border-left-width: 6px; border-radius: 4px;
  background: #d0870022; padding: .7rem 1rem; margin: 1rem 0; }
.macro { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .8rem; margin: .8rem 0; }
.macro > small { display: block; text-transform: uppercase; letter-spacing: .05em; }
pre { overflow: auto; background: var(--soft); padding: .6rem .8rem; border-radius: 6px; }
table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: .3rem .6rem; }
mark { background: #ffd54a88; color: inherit; }
article { border-top: 1px solid var(--line); margin-top: 1rem; padding-top: .5rem; }
textarea, input[type=text] { width: 100%; font: inherit; padding: .45rem .6rem; }
textarea { min-height: 22rem; font: 14px/1.5 ui-monospace, monospace; }
form p { margin: .7rem 0; }
button, select { font: inherit; padding: .4rem .9rem; }
button { background: var(--accent); color: Canvas; border: 0; border-radius: 5px; cursor: pointer; }
fieldset { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; }
form.inline { display: inline; }
form.inline button { padding: 0 .4rem; font-size: .8rem; }
.tag { border: 1px solid var(--line); border-radius: 9px; padding: 0 .5rem; font-size: .8rem; }
</style></head><body>
<header><strong><a href="{{ context }}/">confsync sandbox</a></strong>
<span class="meta">not a real Confluence: for trying and testing</span></header>
<main>{% block content %}{% endblock %}</main></body></html>
"""

MACROS = """{% macro who(users, chosen, button, called="As") %}<label>{{ called }}
<select name="author">{% for user in users %}
<option{% if user.name == chosen %} selected{% endif %}>{{ user.name }}</option>{% endfor %}
</select></label> <button>{{ button }}</button>{% endmacro %}
{% macro below(places, chosen) %}<label>Below <select name="parent">
<option value="top">no page (the top of the space)</option>{% for place in places %}
<option value="{{ place.id }}"{% if place.id == chosen %} selected{% endif %}>{{ place.title }}{%
if place.type != "page" %} ({{ place.type }}){% endif %}</option>{% endfor %}
</select></label>{% endmacro %}"""

SPACES = """{% extends "layout" %}{% from "macros" import who %}
{% block title %}Spaces{% endblock %}{% block content %}
<h1>Spaces</h1>
{% if not spaces %}<p>There is no space yet.</p>{% endif %}
<ul>{% for space in spaces %}
<li><a href="{{ context }}/spaces/{{ space.key }}">{{ space.name }}</a>
<span class="meta">{{ space.key }}</span></li>{% endfor %}</ul>
<form method="post" action="{{ context }}/spaces"><fieldset><legend>New space</legend>
<p><label>Key <input type="text" name="key" required pattern="[A-Za-z0-9]+"></label></p>
<p><label>Name <input type="text" name="name"></label></p>
<p>{{ who(users, chosen, "Create") }}</p></fieldset></form>
{% endblock %}"""

SPACE = """{% extends "layout" %}{% block title %}{{ space.name }}{% endblock %}{% block content %}
<h1>{{ space.name }} <span class="meta">{{ space.key }}</span></h1>
<p><a href="{{ context }}/spaces/{{ space.key }}/new">New page</a> ·
<a href="{{ context }}/spaces/{{ space.key }}/new?kind=blogpost">New blog post</a> ·
<a href="{{ context }}/spaces/{{ space.key }}/new?kind=folder">New folder</a></p>
<ul>{% for node in tree recursive %}
<li>{% if node.url %}<a href="{{ node.url }}">{{ node.title }}</a>{% else %}
{{ node.title }} <span class="tag">{{ node.type }}</span>{% endif %}
{% if node.status != "current" %}<span class="tag">{{ node.status }}</span>{% endif %}
{% if node.children %}<ul>{{ loop(node.children) }}</ul>{% endif %}</li>{% endfor %}</ul>
{% if posts %}<h2 id="blog">Blog</h2><ul>{% for post, url in posts %}
<li>{{ post.created_at[:10] }} <a href="{{ url }}">{{ post.title }}</a></li>{% endfor %}</ul>
{% endif %}
{% if trash %}<h2 id="trash">Trash</h2><ul>{% for page, url in trash %}
<li><a href="{{ url }}">{{ page.title }}</a>
<form class="inline" method="post" action="{{ context }}/pages/{{ page.id }}/restore">
<button>Restore</button></form></li>{% endfor %}</ul>{% endif %}
{% endblock %}"""

NEW = """{% extends "layout" %}{% from "macros" import below, who %}
{% block title %}New{% endblock %}{% block content %}
<p class="crumbs"><a href="{{ context }}/spaces/{{ space.key }}">{{ space.name }}</a></p>
<h1>{{ {"blogpost": "New blog post", "folder": "New folder"}.get(kind, "New page") }}</h1>
{% if problem %}<p class="notice" role="alert">{{ problem }}</p>{% endif %}
<form method="post" action="{{ context }}/spaces/{{ space.key }}/new">
<input type="hidden" name="kind" value="{{ kind }}">
<p><label>Title <input type="text" name="title" maxlength="255" required
value="{{ title }}"></label></p>
{% if kind != "blogpost" %}<p>{{ below(places, parent) }}</p>{% endif %}
{% if kind != "folder" %}<p><label>Body, in storage format
<textarea name="body" spellcheck="false">
{{ body }}</textarea></label></p>{% endif %}
<p>{{ who(users, chosen, "Create") }}</p></form>{% endblock %}"""

PAGE = """{% extends "layout" %}{% block title %}{{ page.title }}{% endblock %}{% block content %}
<p class="crumbs"><a href="{{ context }}/spaces/{{ page.space_key }}">{{ page.space_key }}</a>
{% for one in above %} / <a href="{{ one.url }}">{{ one.title }}</a>{% endfor %}</p>
{% if note %}<p class="notice" role="status">{{ note }}</p>{% endif %}
<h1>{{ shown.title }}</h1>
<p class="meta">Version {{ shown.number }} by {{ shown.author }}, {{ shown.created_at }}{%
if shown.message %}:
“{{ shown.message }}”{% endif %}
{% if page.status != "current" %}<span class="tag">{{ page.status }}</span>{% endif %}
{% for label in page.labels %}<span class="tag">{{ label }}</span> {% endfor %}</p>
<p>{% if page.status == "current" %}<a
href="{{ context }}/spaces/{{ page.space_key }}/pages/edit-v2/{{ page.id }}">Edit</a> ·
{% endif %}<a href="{{ context }}/spaces/{{ page.space_key }}/pages/{{ page.id }}/versions">
Versions</a>{% if old %} · <a href="{{ url }}">Current version</a>{% endif %}</p>
{% if page.status != "current" %}
<form method="post" action="{{ context }}/pages/{{ page.id }}/restore">
<button>Restore</button></form>{% endif %}
<article>{{ rendered }}</article>
{% if files %}<h2>Files</h2><ul>{% for file in files %}
<li><a href="{{ context }}/pages/{{ page.id }}/files/{{ file.id }}">{{ file.title }}</a>
<span class="meta">version {{ file.version }} by {{ file.author }}, {{ file.size }} bytes{%
if file.comment %}: “{{ file.comment }}”{% endif %}</span>{% if page.status == "current" %}
<form class="inline" method="post"
action="{{ context }}/pages/{{ page.id }}/files/{{ file.id }}/delete"><button>Delete</button></form>
{% endif %}</li>{% endfor %}</ul>{% endif %}
<details><summary>Storage format</summary><pre>{{ shown.body }}</pre></details>
{% if not old and page.status == "current" %}{% include "forms" %}{% endif %}
{% endblock %}"""

FORMS = """{% from "macros" import below, who %}{% set here = context ~ "/pages/" ~ page.id %}
<h2>Change this page</h2>
<form method="post" action="{{ here }}/comment"><fieldset><legend>Comment on some text</legend>
<p class="meta">An inline comment changes the page's body without a new version.</p>
<p><label>The text, as it stands in the page
<input type="text" name="text" required></label></p>
<p>{{ who(users, chosen, "Comment") }}</p></fieldset></form>
<form method="post" action="{{ here }}/rename"><fieldset><legend>Rename</legend>
<p><label>Title <input type="text" name="title" maxlength="255" required
value="{{ page.title }}"></label></p>
<p>{{ who(users, chosen, "Rename") }}</p></fieldset></form>
{% if page.type == "page" %}<form method="post" action="{{ here }}/move"><fieldset>
<legend>Move</legend><p>{{ below(places, page.parent_id) }}</p>
<p>{{ who(users, chosen, "Move") }}</p></fieldset></form>
{% if siblings %}<form method="post" action="{{ here }}/place"><fieldset><legend>Order</legend>
<p><label><select name="where" aria-label="Where"><option>before</option><option>after</option>
</select></label> <label><select name="target" aria-label="Page">{% for one in siblings %}
<option value="{{ one.id }}">{{ one.title }}</option>{% endfor %}</select></label>
<button>Place</button></p></fieldset></form>{% endif %}
<form method="post" action="{{ here }}/sort"><p><button>Sort the pages below this one by
title</button></p></form>
<p><a href="{{ context }}/spaces/{{ page.space_key }}/new?parent={{ page.id }}">
New page below this one</a></p>{% endif %}
{% if spaces %}<form method="post" action="{{ here }}/move"><fieldset>
<legend>Move to another space</legend><p><label>Space <select name="space">{% for one in spaces %}
<option value="{{ one.key }}">{{ one.name }} ({{ one.key }})</option>{% endfor %}
</select></label> <button>Move</button></p></fieldset></form>{% endif %}
<fieldset><legend>Labels</legend><div>{% for label in page.labels %}
<form class="inline" method="post" action="{{ here }}/labels/remove">
<input type="hidden" name="label" value="{{ label }}"><span class="tag">{{ label }}</span>
<button title="Remove this label">×</button></form>{% endfor %}</div>
<form method="post" action="{{ here }}/labels">
<p><label>New labels, with blanks between them
<input type="text" name="labels" required></label></p><p><button>Add</button></p></form></fieldset>
<form method="post" action="{{ here }}/settings"><fieldset><legend>Settings</legend>
<p class="meta">{% for one in settings %}{{ one.key }}: {{ one.value }}, version {{ one.version }}.
{% endfor %}A setting makes no version of the page. An empty value removes it.</p>
<p><label>Setting <select name="setting">
<option value="content-appearance-published">width</option>
<option value="emoji-title-published">emoji</option></select></label></p>
<p><label>Value, such as full-width or an emoji <input type="text" name="value"></label></p>
<p>{{ who(users, chosen, "Set") }}</p></fieldset></form>
{% if has_owner %}<form method="post" action="{{ here }}/owner"><fieldset><legend>Owner</legend>
<p class="meta">The owner is {{ page.owner }}. A new owner makes no version of the page.</p>
<p>{{ who(users, page.owner, "Hand over", "To") }}</p></fieldset></form>{% endif %}
{% for one in ("read", "update") %}<form method="post" action="{{ here }}/restrictions"><fieldset>
<legend>Who may {{ one }} it</legend><input type="hidden" name="operation" value="{{ one }}">
<p>{% for user in users %}<label><input type="checkbox" name="user" value="{{ user.name }}"{%
if user.name in restricted[one] %} checked{% endif %}> {{ user.name }}</label> {% endfor %}</p>
<p class="meta">If no user is chosen, everyone may.</p><p><button>Restrict</button></p></fieldset>
</form>{% endfor %}
<form method="post" action="{{ here }}/files" enctype="multipart/form-data"><fieldset>
<legend>Attach a file</legend>
<p class="meta">A file with the name of an attached file becomes its next version.</p>
<p><input type="file" name="file" required></p>
<p><label>Comment <input type="text" name="comment"></label></p>
<p>{{ who(users, chosen, "Attach") }}</p></fieldset></form>
<form method="post" action="{{ here }}/delete"><fieldset><legend>Delete</legend>
<p class="meta">The page goes to the trash of its space, from which you can restore it.</p>
<p><button>Delete</button></p></fieldset></form>"""

VERSIONS = """{% extends "layout" %}{% block title %}Versions{% endblock %}{% block content %}
<p class="crumbs"><a href="{{ url }}">{{ page.title }}</a></p><h1>Versions</h1>
<table><tr><th>Version</th><th>When</th><th>Who</th><th>Message</th></tr>
{% for one in versions %}<tr>
<td><a href="{{ context }}/spaces/{{ page.space_key }}/pages/{{ page.id }}/versions/{{
one.number }}">
{{ one.number }}</a></td><td>{{ one.created_at }}</td><td>{{ one.author }}</td>
<td>{{ one.message }}</td></tr>{% endfor %}</table>{% endblock %}"""

EDIT = """{% extends "layout" %}{% from "macros" import who %}
{% block title %}Edit{% endblock %}{% block content %}
<p class="crumbs"><a href="{{ url }}">{{ page.title }}</a></p><h1>Edit</h1>
{% if problem %}<p class="notice" role="alert">{{ problem }}</p>{% endif %}
<form method="post">
<input type="hidden" name="version" value="{{ opened.version }}">
<input type="hidden" name="digest" value="{{ opened.digest }}">
<p><label>Title <input type="text" name="title" maxlength="255" required
value="{{ title }}"></label></p>
<p><label>Body, in storage format
<textarea name="body" spellcheck="false">
{{ body }}</textarea></label></p>
<p><label>What changed <input type="text" name="message" value="{{ message }}"></label></p>
<p>{{ who(users, chosen, "Save", "Save as") }}
<span class="meta">opened at version {{ opened.version }}</span></p>
</form>{% endblock %}"""

PROBLEM = """{% extends "layout" %}{% block title %}{{ heading }}{% endblock %}{% block content %}
<h1>{{ heading }}</h1><p class="notice" role="alert">{{ problem }}</p>{% endblock %}"""

ALL = {
    "layout": LAYOUT,
    "macros": MACROS,
    "spaces": SPACES,
    "space": SPACE,
    "new": NEW,
    "page": PAGE,
    "forms": FORMS,
    "versions": VERSIONS,
    "edit": EDIT,
    "problem": PROBLEM,
}
