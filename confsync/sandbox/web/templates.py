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
.tag { border: 1px solid var(--line); border-radius: 9px; padding: 0 .5rem; font-size: .8rem; }
</style></head><body>
<header><strong><a href="{{ context }}/">confsync sandbox</a></strong>
<span class="meta">not a real Confluence: for trying and testing</span></header>
<main>{% block content %}{% endblock %}</main></body></html>
"""

SPACES = """{% extends "layout" %}{% block title %}Spaces{% endblock %}{% block content %}
<h1>Spaces</h1>
{% if not spaces %}<p>There is no space yet.</p>{% endif %}
<ul>{% for space in spaces %}
<li><a href="{{ context }}/spaces/{{ space.key }}">{{ space.name }}</a>
<span class="meta">{{ space.key }}</span></li>{% endfor %}</ul>
{% endblock %}"""

SPACE = """{% extends "layout" %}{% block title %}{{ space.name }}{% endblock %}{% block content %}
<h1>{{ space.name }} <span class="meta">{{ space.key }}</span></h1>
<ul>{% for node in tree recursive %}
<li>{% if node.url %}<a href="{{ node.url }}">{{ node.title }}</a>{% else %}
{{ node.title }} <span class="tag">{{ node.type }}</span>{% endif %}
{% if node.status != "current" %}<span class="tag">{{ node.status }}</span>{% endif %}
{% if node.children %}<ul>{{ loop(node.children) }}</ul>{% endif %}</li>{% endfor %}</ul>
{% endblock %}"""

PAGE = """{% extends "layout" %}{% block title %}{{ page.title }}{% endblock %}{% block content %}
<p class="crumbs"><a href="{{ context }}/spaces/{{ page.space_key }}">{{ page.space_key }}</a>
{% for one in above %} / <a href="{{ one.url }}">{{ one.title }}</a>{% endfor %}</p>
{% if note %}<p class="notice" role="status">{{ note }}</p>{% endif %}
<h1>{{ title }}</h1>
<p class="meta">Version {{ version }} by {{ author }}, {{ at }}{% if message %}:
“{{ message }}”{% endif %}
{% if page.status != "current" %}<span class="tag">{{ page.status }}</span>{% endif %}
{% for label in page.labels %}<span class="tag">{{ label }}</span> {% endfor %}</p>
<p><a href="{{ context }}/spaces/{{ page.space_key }}/pages/edit-v2/{{ page.id }}">Edit</a> ·
<a href="{{ context }}/spaces/{{ page.space_key }}/pages/{{ page.id }}/versions">Versions</a>
{% if old %}· <a href="{{ url }}">Current version</a>{% endif %}</p>
<article>{{ rendered }}</article>
<details><summary>Storage format</summary><pre>{{ body }}</pre></details>
{% if not old %}<form method="post" action="{{ context }}/pages/{{ page.id }}/comment">
<h2>Comment on some text</h2>
<p class="meta">An inline comment changes the page's body without a new version.</p>
<p><label>The text, as it stands in the page
<input type="text" name="text" required></label></p>
<p><label>As <select name="author">{% for user in users %}
<option{% if user.name == chosen %} selected{% endif %}>{{ user.name }}</option>{% endfor %}
</select></label> <button>Comment</button></p></form>{% endif %}
{% endblock %}"""

VERSIONS = """{% extends "layout" %}{% block title %}Versions{% endblock %}{% block content %}
<p class="crumbs"><a href="{{ url }}">{{ page.title }}</a></p><h1>Versions</h1>
<table><tr><th>Version</th><th>When</th><th>Who</th><th>Message</th></tr>
{% for one in versions %}<tr>
<td><a href="{{ context }}/spaces/{{ page.space_key }}/pages/{{ page.id }}/versions/{{
one.number }}">
{{ one.number }}</a></td><td>{{ one.created_at }}</td><td>{{ one.author }}</td>
<td>{{ one.message }}</td></tr>{% endfor %}</table>{% endblock %}"""

EDIT = """{% extends "layout" %}{% block title %}Edit{% endblock %}{% block content %}
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
<p><label>Save as <select name="author">{% for user in users %}
<option{% if user.name == chosen %} selected{% endif %}>{{ user.name }}</option>{% endfor %}
</select></label> <button>Save</button>
<span class="meta">opened at version {{ opened.version }}</span></p>
</form>{% endblock %}"""

PROBLEM = """{% extends "layout" %}{% block title %}Not found{% endblock %}{% block content %}
<h1>Not found</h1><p class="notice" role="alert">{{ problem }}</p>{% endblock %}"""

ALL = {
    "layout": LAYOUT,
    "spaces": SPACES,
    "space": SPACE,
    "page": PAGE,
    "versions": VERSIONS,
    "edit": EDIT,
    "problem": PROBLEM,
}
