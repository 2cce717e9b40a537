"""The columns of the order CSV: their names, and what they are called in four languages.

A header is compared without case, accents, spaces, dashes, underscores and words like "of the", so one
spelling of an alias stands for many. Where several headers could be one field, the name itself goes
before its aliases, and an alias before those that follow it. Words that as often head a name (customer,
client) are no aliases of an id.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from django.utils.translation import gettext_noop as _

from comanda.lib.text import fold

_BETWEEN = re.compile(
    r"(?<=[\W_])(?:of|the|de|do|da|dos|das|del|la|las|el|los|du|des|le|les|d)(?=[\W_])", re.IGNORECASE
)


def key(title: str) -> str:
    """What two headers have in common that mean the same: ``Número do Pedido`` is ``numero pedido``."""
    return fold(_BETWEEN.sub(" ", title))


class Kind(Enum):
    """What a column holds."""

    TEXT = auto()
    DATE = auto()
    MONEY = auto()
    QUANTITY = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One column that the import understands.

    ``per_line`` columns may differ in the rows of one order; the others say one thing of the order.
    """

    name: str
    kind: Kind
    help: str
    aliases: tuple[str, ...]
    per_line: bool = False


def _split(text: str) -> tuple[str, ...]:
    return tuple(alias.strip() for alias in text.split(","))


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field(
            "order_id",
            Kind.TEXT,
            _("The shop's own id of the order; rows with the same id are one order."),
            _split(
                "order number, order, order no, order nr, order ref, order reference, invoice, invoice "
                "no, invoice number, invoice id, transaction id, sale id, pedido, id pedido, numero "
                "pedido, n pedido, no pedido, nr pedido, num pedido, codigo pedido, encomenda, id "
                "encomenda, numero da encomenda, n encomenda, no encomenda, referencia da encomenda, id "
                "venda, numero da venda, referencia del pedido, orden, id orden, numero de orden, "
                "factura, numero de factura, commande, id commande, numero commande, n commande, no "
                "commande, reference commande, numero de facture"
            ),
        ),
        Field(
            "order_status",
            Kind.TEXT,
            _("created, pending, completed, canceled, or the shop's own word."),
            _split(
                "status, state, order state, financial status, payment status, estado, estado do pedido, "
                "estado da encomenda, estado de la orden, status do pedido, status da encomenda, "
                "situacao, situacao do pedido, situacion, statut, statut commande, etat, etat commande"
            ),
        ),
        Field(
            "order_date",
            Kind.DATE,
            _("When the order was placed; in the store's time zone where it names none."),
            _split(
                "date, created at, created, order created at, date created, order time, order datetime, "
                "purchase date, ordered at, placed at, sale date, invoice date, data, data do pedido, "
                "data da encomenda, data da compra, data da venda, data de criacao, criado em, data e "
                "hora, fecha, fecha pedido, fecha de compra, fecha de la orden, fecha de creacion, fecha "
                "y hora, creado el, date commande, date d'achat, date de creation, cree le, date facture"
            ),
        ),
        Field(
            "contact_identifier",
            Kind.TEXT,
            _("Who bought: an e-mail, a phone, or the shop's customer id; empty for a guest."),
            _split(
                "contact id, email, mail, email address, customer email, buyer email, client email, "
                "billing email, customer id, customer no, customer number, client id, user id, buyer id, "
                "email do cliente, id cliente, codigo do cliente, cliente id, email do comprador, "
                "endereco de email, correo, correo electronico, correo del cliente, correo electronico "
                "del cliente, id client, identifiant client, code client, numero client, email client, "
                "courriel, courriel du client, adresse email"
            ),
        ),
        Field(
            "order_revenue",
            Kind.MONEY,
            _("What the order came to in all; the sum of its lines where it is not said."),
            _split(
                "revenue, total, order total, order amount, order value, grand total, total price, "
                "amount, total paid, total amount, order total amount, receita, valor total, total do "
                "pedido, total da encomenda, valor do pedido, valor da encomenda, total pago, valor pago, "
                "total da compra, ingresos, importe total, importe, total de la orden, importe del "
                "pedido, monto, monto total, total pagado, total commande, montant, montant total, "
                "montant de la commande, total ttc, montant ttc, chiffre d'affaires, total paye"
            ),
        ),
        Field(
            "product_id",
            Kind.TEXT,
            _("The shop's id or SKU of what was bought."),
            _split(
                "item id, sku, product sku, item sku, lineitem sku, product code, item code, stock code, "
                "article number, product reference, product number, id produto, codigo do produto, "
                "referencia do produto, ref produto, codigo do artigo, id producto, codigo del producto, "
                "referencia del producto, codigo de articulo, id produit, code produit, reference "
                "produit, code article, reference article"
            ),
            per_line=True,
        ),
        Field(
            "product_price",
            Kind.MONEY,
            _("The price of one, as paid."),
            _split(
                "price, unit price, item price, lineitem price, product unit price, price each, price "
                "paid, preco, preco unitario, valor unitario, preco do produto, preco unit, preco de "
                "venda, precio, precio unitario, precio unidad, valor unidad, precio del producto, precio "
                "de venta, prix, prix unitaire, prix du produit, prix unit, prix unitaire ttc"
            ),
            per_line=True,
        ),
        Field(
            "product_quantity",
            Kind.QUANTITY,
            _("How many were bought; negative for a return."),
            _split(
                "quantity, qty, units, lineitem quantity, item quantity, product qty, quantity ordered, "
                "item qty, quantidade, qtd, qtde, quant, quantidade do produto, unidades, cantidad, cant, "
                "cantidad de producto, quantite, qte, quantite produit, quantite commandee"
            ),
            per_line=True,
        ),
        Field(
            "line_total",
            Kind.MONEY,
            _("What the line came to; instead of the price of one."),
            _split(
                "line amount, line price, lineitem total, item total, row total, subtotal da linha, total "
                "da linha, valor da linha, total do item, total de linea, importe de linea, total ligne, "
                "montant ligne"
            ),
            per_line=True,
        ),
        Field(
            "currency",
            Kind.TEXT,
            _("ISO 4217 code of the order's currency; the store's where it is not said."),
            _split("currency code, order currency, moeda, codigo da moeda, moneda, divisa, devise, monnaie"),
        ),
        Field(
            "order_updated_at",
            Kind.DATE,
            _("When the shop last changed the order; an older one never overwrites a newer."),
            _split(
                "updated at, date updated, last updated, modified at, date modified, order updated, last "
                "modified, atualizado em, data de atualizacao, ultima atualizacao, actualizado el, fecha "
                "de actualizacion, ultima actualizacion, modifie le, mis a jour le, date de modification, "
                "date de mise a jour"
            ),
        ),
        Field(
            "first_name",
            Kind.TEXT,
            _("The buyer's first name."),
            _split(
                "given name, customer first name, billing first name, primeiro nome, nome do cliente, "
                "nombre del cliente, primer nombre, nombre de pila, prenom, prenom du client"
            ),
        ),
        Field(
            "last_name",
            Kind.TEXT,
            _("The buyer's last name."),
            _split(
                "surname, family name, customer last name, billing last name, sobrenome, apelido, ultimo "
                "nome, apellido, apellidos, nom de famille, nom du client"
            ),
        ),
        Field(
            "phone",
            Kind.TEXT,
            _("The buyer's phone."),
            _split(
                "telephone, phone number, mobile, mobile phone, cell phone, customer phone, billing "
                "phone, whatsapp, telefone, celular, telemovel, numero de telefone, telefone do cliente, "
                "telefono, movil, numero de telefono, telefono del cliente, telephone du client, "
                "portable, numero de telephone"
            ),
        ),
        Field(
            "company",
            Kind.TEXT,
            _("The buyer's company."),
            _split("company name, billing company, empresa, razao social, razon social, societe, entreprise"),
        ),
        Field(
            "accepts_marketing",
            Kind.TEXT,
            _("Whether the buyer wants marketing: yes, no, or empty for unknown."),
            _split(
                "marketing, marketing consent, newsletter, opt in, marketing opt in, buyer accepts "
                "marketing, accept marketing, aceita marketing, aceita newsletter, consentimento, acepta "
                "marketing, acepta newsletter, acepta publicidad, consentimiento, accepte le marketing, "
                "accepte la newsletter, consentement"
            ),
        ),
        Field(
            "tags",
            Kind.TEXT,
            _("Labels of the order, parted by commas, semicolons or bars."),
            _split("tag, labels, order tags, etiquetas, marcadores, etiquettes"),
        ),
        Field(
            "product_name",
            Kind.TEXT,
            _("What the product is called."),
            _split(
                "item name, lineitem name, product title, product description, description, item "
                "description, nome do produto, descricao, descricao do produto, nombre del producto, "
                "descripcion, descripcion del producto, nom du produit, description du produit, "
                "designation, libelle, product, item, article, produto, artigo, producto, articulo, "
                "produit"
            ),
            per_line=True,
        ),
        Field(
            "product_category",
            Kind.TEXT,
            _("The product's category."),
            _split(
                "category, item category, product type, department, categoria, categoria do produto, "
                "categoria del producto, categorie, categorie du produit"
            ),
            per_line=True,
        ),
        Field(
            "product_image",
            Kind.TEXT,
            _("Address of a picture of the product."),
            _split(
                "image, image url, product image url, imagem, imagem do produto, foto, imagen, imagen del "
                "producto, image du produit, photo"
            ),
            per_line=True,
        ),
        Field(
            "discount",
            Kind.MONEY,
            _("What was taken off the order."),
            _split(
                "discount amount, discount total, total discount, order discount, desconto, valor do "
                "desconto, total de descontos, descuento, importe descuento, total descuento, remise, "
                "montant remise, reduction"
            ),
        ),
        Field(
            "coupon",
            Kind.TEXT,
            _("Codes of the coupons used, parted by commas, semicolons or bars."),
            _split(
                "coupons, coupon code, discount code, promo code, voucher, voucher code, cupom, codigo do "
                "cupom, cupom de desconto, cupao, codigo promocional, cupon, codigo de cupon, codigo de "
                "descuento, code promo, code de reduction, bon de reduction"
            ),
        ),
        Field(
            "shipping_method",
            Kind.TEXT,
            _("How the order is sent."),
            _split(
                "delivery method, shipping type, carrier, metodo de envio, forma de envio, metodo de "
                "entrega, forma de entrega, transportadora, transportista, mode de livraison, methode de "
                "livraison, transporteur"
            ),
        ),
        Field(
            "shipping_total",
            Kind.MONEY,
            _("What sending cost the buyer."),
            _split(
                "shipping, shipping cost, shipping amount, shipping price, shipping fee, delivery cost, "
                "freight, frete, valor do frete, custo de envio, portes, portes de envio, gastos de "
                "envio, costo de envio, coste de envio, frais de port, frais de livraison"
            ),
        ),
        Field(
            "tax_total",
            Kind.MONEY,
            _("Tax in the order."),
            _split(
                "tax, taxes, vat, tax amount, total tax, imposto, impostos, iva, valor do imposto, total "
                "de impostos, impuesto, impuestos, total impuestos, taxe, tva, montant tva, total taxes"
            ),
        ),
        Field(
            "refund_total",
            Kind.MONEY,
            _("What was given back on the order in all."),
            _split(
                "refund, refunds, refunded, refunded amount, refund amount, total refunded, reembolso, "
                "estorno, valor reembolsado, total reembolsado, valor estornado, devolucion, importe "
                "reembolsado, remboursement, montant rembourse, total rembourse"
            ),
        ),
    )
}
"""Every field by its name, in the order of the documentation."""

NAMES: dict[str, str] = {key(name): name for name in FIELDS}
"""Fields by their own name, folded."""

ALIASES: dict[str, str] = {key(alias): field.name for field in FIELDS.values() for alias in field.aliases}
"""Fields by what else they are called, folded."""

SAMPLE_FIELDS = (
    "order_id",
    "order_status",
    "order_date",
    "contact_identifier",
    "order_revenue",
    "product_id",
    "product_price",
    "product_quantity",
)
"""The eight columns that every example shows."""

REQUIRED = ("order_id", "order_status", "order_date", "contact_identifier", "product_id", "product_quantity")
"""What a file must say, by a column or a constant; besides ``product_price`` or ``line_total``."""
