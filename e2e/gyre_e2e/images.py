"""What is in an image that images/build.sh made, without a container runtime."""

import dataclasses
import json
import os
import pathlib
import tarfile

ARCHIVES = pathlib.Path(os.environ.get("GYRE_CACHE", pathlib.Path.home() / ".cache" / "gyre")) / "images"
MEGABYTE = 1_000_000


@dataclasses.dataclass
class Image:
    config: dict
    layers: list[str]
    size: int  # Unpacked, as it lies on a node.
    files: dict[str, tarfile.TarInfo]

    def biggest(self, count: int = 8) -> str:
        top = sorted((member.size, path) for path, member in self.files.items())[::-1][:count]
        return "\n".join(f"{size / MEGABYTE:9.2f} MB  {path}" for size, path in top)


def read_image(name: str) -> Image:
    with tarfile.open(ARCHIVES / f"{name}.tar") as archive:
        def blob(digest: str):
            return archive.extractfile("blobs/" + digest.replace(":", "/"))

        index = json.load(archive.extractfile("index.json"))
        manifest = json.load(blob(index["manifests"][0]["digest"]))
        config = json.load(blob(manifest["config"]["digest"]))
        files = {}
        for layer in manifest["layers"]:
            with tarfile.open(fileobj=blob(layer["digest"])) as tree:
                files |= {"/" + member.name.strip("./"): member for member in tree if member.isfile()}
        return Image(config["config"], config["rootfs"]["diff_ids"], sum(f.size for f in files.values()), files)
