"""The images of our own programs are small, and hold nothing that an intruder could use."""

import pytest

from gyre_e2e.images import MEGABYTE, read_image

PROGRAMS = {
    "operator": {"/usr/local/bin/gyre-operator"},
    "dataplane": {"/usr/local/bin/gyre-agent", "/usr/local/bin/gyre-worker"},
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_image_is_below_20_mb_and_each_program_below_10(name, capsys):
    image = read_image(name)
    with capsys.disabled():
        print(f"\nimage {name}: {image.size / MEGABYTE:.2f} MB, in it\n{image.biggest()}")
    assert image.size < 20 * MEGABYTE, f"the largest files of image {name}:\n{image.biggest()}"
    for program in PROGRAMS[name]:
        assert image.files[program].size < 10 * MEGABYTE, f"{program} is too large; is it stripped?"


@pytest.mark.parametrize("name", PROGRAMS)
def test_only_our_programs_can_be_run_and_by_nobody_special(name):
    image = read_image(name)
    libraries = {path for path in image.files if ".so" in path.rsplit("/", 1)[-1]}
    executable = {path for path, member in image.files.items() if member.mode & 0o111}
    assert executable - libraries == PROGRAMS[name]
    assert not [path for path, member in image.files.items() if member.mode & 0o6000]
    assert image.config["User"] == "65532:65532"


def test_a_node_stores_what_both_images_share_once():
    assert read_image("operator").layers[0] == read_image("dataplane").layers[0]
