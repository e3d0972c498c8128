#!/bin/sh
# Writes into compose.yaml, worker.yaml and Dockerfile the digest that the tag of each image has today. Run it after you
# changed a tag, and look at the difference before you commit it. Needs docker with buildx.
set -eu
cd "$(dirname "$0")"
files="compose.yaml worker.yaml Dockerfile"

# All of them first: half of the images pinned anew would be neither the old state nor the new one.
# shellcheck disable=SC2086
tags=$(sed -n -E 's/^ *(image:|FROM) ([^ @]+:[^ @]+).*$/\2/p' $files | grep -v '^countersign-' | sort -u)
pinned=""
for tag in $tags; do
  digest=$(docker buildx imagetools inspect "$tag" --format '{{.Manifest.Digest}}')
  case $digest in
    sha256:*) pinned="$pinned $tag@$digest" ;;
    *)
      echo "$tag has no digest: docker answered \"$digest\"" >&2
      exit 1
      ;;
  esac
done

for image in $pinned; do
  for file in $files; do
    sed -E "s#${image%%@*}(@sha256:[0-9a-f]+)?( |\$)#$image\2#" "$file" >"$file.new"
    cat "$file.new" >"$file"
    rm "$file.new"
  done
done
