"""The other pages of a list, as components/pagination.html shows them."""


def links(page, address, **elided):
    """{"pages": [(number or "…", its address or "", whether it is this one)], "previous": address or "", "next"}.

    `page` is a Page of Django's Paginator; `address` gives that of a number; `elided` goes to
    `Paginator.get_elided_page_range`.
    """
    numbers = page.paginator.get_elided_page_range(page.number, **elided)
    return {
        "pages": [(n, address(n) if isinstance(n, int) else "", n == page.number) for n in numbers],
        "previous": address(page.number - 1) if page.has_previous() else "",
        "next": address(page.number + 1) if page.has_next() else "",
    }
