"""What is told of a product: it ran out, what it costs; and the stop-list from there."""

from app.domain.catalog import Product
from app.kernel.errors import AppError
from app.kernel.ids import ProductId
from app.till.order import Approval
from app.till.till import Till
from app.till.words import Words
from app.ui import format as fmt
from app.ui.bridge import Action, Bridge, Sound, Tone
from app.ui.frame.approval import Approvals
from app.ui.ops import Lane, Ops
from app.ui.sale.products import Products
from app.ui.text import language, tr


class ProductNotes:
    """Tells of products in toasts whose button stops or releases them.

    Args:
        till: The catalogue.
        ops: Lanes.
        approvals: Asks a senior for the stop-list.
        bridge: Messages.
        products: Reads the tiles anew afterwards.
    """

    def __init__(
        self, till: Till, ops: Ops, approvals: Approvals, bridge: Bridge, products: Products
    ) -> None:
        self._till, self._ops, self._approvals = till, ops, approvals
        self._bridge, self._products = bridge, products

    def say_stopped(self, product: Product, words: Words | None) -> None:
        """Say that a product ran out and offer to sell it again."""
        text = words.text(language()) if words else tr("{name} is sold out", name=product.name)
        self._bridge.toast(
            text,
            tone=Tone.WARNING,
            icon="ban",
            action=Action(tr("Sell again"), lambda: self._set_stopped(product, stopped=False)),
            key="stopped",
            sound=Sound.WARNING,
        )

    def show_error(self, error: AppError) -> None:
        """Say why a choice was not taken."""
        self._bridge.show_error(error)

    def tell(self, product_id: str) -> None:
        """Tell name, SKU and price, and offer to stop or release the product."""
        catalog = self._till.catalog

        def read() -> tuple[Product, bool]:
            product = catalog.product(ProductId(product_id))
            return product, catalog.is_stopped(product.product_id)

        self._ops.run(read, success=self._on_read, lane=Lane.QUERY)

    def _on_read(self, found: tuple[Product, bool]) -> None:
        product, is_stopped = found
        label = tr("Sell again") if is_stopped else tr("Stop selling")
        price = fmt.money(product.price_minor)
        self._bridge.toast(
            product.name,
            detail=tr("SKU {sku}, {price}", sku=product.sku, price=price),
            action=Action(label, lambda: self._set_stopped(product, stopped=not is_stopped)),
            key="product-info",
        )

    def _set_stopped(self, product: Product, *, stopped: bool) -> None:
        catalog = self._till.catalog

        def change(approval: Approval | None) -> None:
            catalog.set_stopped(product.product_id, stopped, approval)

        self._approvals.run(change, success=lambda _none: self._products.load())
