"""Status words in four languages, for files of shops that have no status map of their own."""

from comanda.lib.text import fold
from comanda.shapes import OrderStatus

_WORDS: dict[OrderStatus, str] = {
    OrderStatus.CREATED: """
        created, new, placed, open, draft, received, checkout draft, criado, criada, novo, nova, aberto,
        aberta, recebido, recebida, realizado, pedido realizado, pedido recebido, creado, creada, nuevo,
        nueva, abierto, abierta, recibido, recibida, cree, creee, nouveau, nouvelle, ouvert, ouverte,
        recu, recue
        """,
    OrderStatus.PENDING: """
        pending, pending payment, payment pending, awaiting payment, waiting for payment, unpaid, on
        hold, in review, review, authorized, authorised, partially paid, waiting, payment review,
        pendente, pagamento pendente, aguardando pagamento, aguardando, a aguardar pagamento, em
        analise, em espera, nao pago, nao paga, por pagar, em aberto, autorizado, pendiente, pago
        pendiente, pendiente de pago, esperando pago, en espera, en revision, no pagado, sin pagar, en
        attente, en attente de paiement, attente de paiement, paiement en attente, non paye, non payee,
        impaye, impayee, en cours de verification
        """,
    OrderStatus.COMPLETED: """
        completed, complete, paid, payment confirmed, payment accepted, payment received, processing, in
        process, preparing, in preparation, ready, ready to ship, ready for pickup, invoiced, packed,
        shipped, dispatched, sent, in transit, out for delivery, delivered, picked up, collected,
        fulfilled, partially fulfilled, partially shipped, partially refunded, partial refund, closed,
        done, finished, success, succeeded, approved, concluido, concluida, completo, completa,
        completado, finalizado, finalizada, pago, paga, pagamento confirmado, pagamento aprovado,
        pagamento aceite, aprovado, aprovada, em processamento, processando, em preparacao, em
        separacao, preparando, faturado, faturada, enviado, enviada, despachado, expedido, expedida, em
        transito, em transporte, saiu para entrega, entregue, retirado, fechado, parcialmente
        reembolsado, completada, pagado, pagada, pago confirmado, pago aceptado, pago aprobado,
        aprobado, aprobada, procesando, en proceso, en preparacion, facturado, facturada, despachada, en
        transito, en camino, en reparto, entregado, entregada, retirada, cerrado, cerrada, parcialmente
        reembolsada, termine, terminee, complet, complete commande, paye, payee, paiement confirme,
        paiement accepte, paiement recu, en cours de traitement, en traitement, en preparation, en cours
        de preparation, facture, facturee, expedie, expediee, envoye, envoyee, en cours de livraison,
        livre, livree, retire, cloture, partiellement rembourse, partiellement remboursee
        """,
    OrderStatus.CANCELED: """
        canceled, cancelled, cancel, cancellation, failed, payment failed, payment error, declined,
        rejected, expired, void, voided, refunded, fully refunded, returned, reversed, charged back,
        chargeback, abandoned, cancelado, cancelada, anulado, anulada, falhou, falhado, falhada,
        recusado, recusada, rejeitado, rejeitada, expirado, expirada, reembolsado, reembolsada,
        estornado, estornada, devolvido, devolvida, nao aprovado, nao autorizado, pagamento recusado,
        fallido, fallida, pago fallido, rechazado, rechazada, pago rechazado, caducado, caducada,
        vencido, vencida, devuelto, devuelta, error en el pago, annule, annulee, echoue, echouee,
        refuse, refusee, rejete, rejetee, expire, expiree, rembourse, remboursee, retourne, retournee,
        erreur de paiement, paiement refuse, paiement echoue
        """,
    OrderStatus.UNKNOWN: "unknown, desconhecido, desconocido, inconnu",
}

STATUSES: dict[str, OrderStatus] = {
    fold(word): status for status, words in _WORDS.items() for word in words.split(",")
}
"""Folded word → status. Paid and everything after it is ``completed``; wholly refunded is ``canceled``."""


def find_status(word: str) -> OrderStatus | None:
    """The status that a shop's word stands for, ``None`` when it is not known."""
    return STATUSES.get(fold(word))
