#!/bin/sh
# Repoint the links to a page that was moved to another space, or that has another title now:
#
#   repoint_links.sh "Release notes" "DOCS:Release notes"
#   repoint_links.sh "Guide" "User guide"
set -eu

confsync pull
confsync replace --link "$1" "$2"
confsync check
confsync diff --stat
confsync push --dry-run # 'confsync push -m "..."' sends it
