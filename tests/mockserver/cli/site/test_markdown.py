"""How a guide becomes HTML."""

from __future__ import annotations

from postfuze_mock.cli.site.markdown import Heading, links, render


def html(text: str) -> str:
    return render(
        text, {"a.md#b": "a.html#b", "p.png": "../p.png"}.get, {"list.first": "docs/#statement/list.first"}
    ).html


def test_headings_get_the_ids_that_links_to_them_have() -> None:
    rendered = render("# A `b.c` (d)\n\n## Keys & worlds\n\n## Keys & worlds\n", str, {})

    assert rendered.title == "A b.c (d)"
    assert rendered.headings == (
        Heading(1, "a-bc-d", "A b.c (d)"),
        Heading(2, "keys--worlds", "Keys & worlds"),
        Heading(2, "keys--worlds-1", "Keys & worlds"),
    )
    assert 'href="#keys--worlds-1" aria-label="Link to “Keys &amp; worlds”"' in rendered.html


def test_links_lead_to_the_pages_of_the_site() -> None:
    assert html("[x](a.md#b)") == '<p><a href="a.html#b">x</a></p>\n'


def test_a_link_that_leads_nowhere_becomes_its_text() -> None:
    assert html("see [`x` y](c.md).") == "<p>see <code>x</code> y.</p>\n"


def test_ids_of_the_reference_become_links_except_within_links() -> None:
    assert html("`list.first` `other`") == (
        '<p><a href="docs/#statement/list.first"><code>list.first</code></a> <code>other</code></p>\n'
    )
    assert html("[`list.first`](a.md#b)") == '<p><a href="a.html#b"><code>list.first</code></a></p>\n'


def test_code_is_text_and_has_its_file_name_above() -> None:
    assert html("```sh\na <b\n```") == '<pre tabindex="0"><code>a &lt;b\n</code></pre>\n'
    assert "<figcaption>x.py</figcaption>" in html("```python x.py\npass\n```")


def test_pictures_are_found_from_the_page() -> None:
    assert (
        html('<picture>\n<img src="p.png" alt="">\n</picture>') == '<picture>\n<img src="../p.png" alt="">\n</picture>'
    )


def test_links_of_tables_come_in_their_order() -> None:
    assert links("[x](no.md)\n\n| a | b |\n| - | - |\n| [b](b.md) | c |\n| [a](a.md) | d |\n") == ["b.md", "a.md"]
