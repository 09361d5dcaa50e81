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

# Below the front matter only: the digests in it may hold any digits, and are confsync's.
grep -rlZF --include='*.xhtml' -- "$1" . | xargs -0r sed -i "1,/^---\$/! s/$old/$new/g"

confsync check
confsync diff --stat
if [ "${3:-}" = --push ]; then
  confsync push --message "'$1' is now '$2'"
else
  confsync push --dry-run
fi
