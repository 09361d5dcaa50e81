#!/usr/bin/env bash
# Replace a text in every document of the mirror in this directory, with GNU sed.
#
#   replace.sh 'wiki.old.example.com' 'wiki.example.com'          shows what a push would send
#   replace.sh 'wiki.old.example.com' 'wiki.example.com' --push   sends it
#
# Begin with a committed mirror that has just been pulled; 'git checkout .' undoes it all.
set -euo pipefail
old=$(printf %s "$1" | sed 's/[][\.*^$/]/\\&/g')
new=$(printf %s "$2" | sed 's/[\&/]/\\&/g')

# Below the front matter only: the digests in it may hold any digits, and are confsync's. And not
# in its trash, where texts that were given up are kept as they were.
grep -rlZF --include='*.xhtml' --exclude-dir=.confsync -- "$1" . | xargs -0r sed -i "1,/^---\$/! s/$old/$new/g"

confsync check
confsync diff --stat
if [ "${3:-}" = --push ]; then
  confsync push --message "'$1' is now '$2'"
else
  confsync push --dry-run
fi
