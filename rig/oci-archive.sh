#!/bin/sh
# Writes an image with busybox as an OCI archive (image-spec, "Image Layout").
#   oci-archive.sh ROOTFS NAME FILE
set -eu
rootfs=$1
name=$2
file=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/blobs/sha256"
put() {
  sum=$(sha256sum "$1" | cut -d' ' -f1)
  size=$(wc -c <"$1")
  mv "$1" "$work/blobs/sha256/$sum"
}
tar -C "$rootfs" -cf "$work/layer" .
put "$work/layer"
layer=$sum
layer_size=$size
cat >"$work/config" <<END
{"architecture":"amd64","os":"linux","config":{"Cmd":["/bin/sleep","3600"],"Env":["PATH=/bin:/sbin:/usr/bin"]},
"rootfs":{"type":"layers","diff_ids":["sha256:$layer"]}}
END
put "$work/config"
cat >"$work/manifest" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:$sum","size":$size},
"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:$layer","size":$layer_size}]}
END
put "$work/manifest"
cat >"$work/index.json" <<END
{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:$sum",
"size":$size,"annotations":{"io.containerd.image.name":"$name"}}]}
END
echo '{"imageLayoutVersion":"1.0.0"}' >"$work/oci-layout"
tar -C "$work" -cf "$file" oci-layout index.json blobs
