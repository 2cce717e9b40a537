"""The page of a product."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from comanda.records import product_figures, products
from comanda.records.models import Product
from comanda.web.access import needs
from comanda.web.products import picture

_LARGEST_ID = 2**63 - 1


@require_safe
@needs("products:read")
def show_product(request: HttpRequest, product_id: int) -> HttpResponse:
    """What the catalogue says of a product; what orders tell is asked for by the page itself."""
    return render(request, "products/product.html", {"product": _found(product_id)})


@require_safe
@needs("orders:read")
def tell_story(request: HttpRequest, product_id: int) -> HttpResponse:
    """What orders tell of a product: what it brought, when, to whom. A part of its page."""
    product = _found(product_id)
    zone = timezone.get_current_timezone_name()
    story = product_figures.story(product.pk, zone)
    told = {
        "product": product,
        "figures": [(each, picture.draw(story.months[each.currency])) for each in story.figures],
        "buyers": story.buyers,
        "latest": story.latest,
    }
    is_part = bool(getattr(request, "htmx", False))
    return render(request, "products/story.html" if is_part else "products/story_page.html", told)


def _found(product_id: int) -> Product:
    product = products.find(product_id) if product_id <= _LARGEST_ID else None
    if product is None:
        raise Http404
    return product
