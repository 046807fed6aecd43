"""What money must never do: change, be counted twice, go back more than came."""

from django.db import migrations

KEPT = (
    "order",
    "orderend",
    "attempt",
    "attemptstep",
    "settlement",
    "refund",
    "refundstep",
    "callback",
)
"""Tables whose rows stay as written."""

STAY = "".join(
    f"""
    CREATE TRIGGER payments_{name}_rows_stay BEFORE UPDATE OR DELETE ON payments_{name}
        FOR EACH ROW EXECUTE FUNCTION juzhu_refuse_change();
    CREATE TRIGGER payments_{name}_table_stays BEFORE TRUNCATE ON payments_{name}
        FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
    """
    for name in KEPT
)
NO_LONGER_STAY = "".join(
    f"""
    DROP TRIGGER payments_{name}_rows_stay ON payments_{name};
    DROP TRIGGER payments_{name}_table_stays ON payments_{name};
    """
    for name in KEPT
)

GUARDS = """
CREATE FUNCTION payments_refuse(words text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', words USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION payments_check_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount_fen <> (SELECT amount_fen FROM payments_order WHERE id = NEW.order_id) THEN
        PERFORM payments_refuse('an attempt asks for the amount of its order');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_attempt_amount BEFORE INSERT ON payments_attempt
    FOR EACH ROW EXECUTE FUNCTION payments_check_attempt();

CREATE FUNCTION payments_check_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owed record;
BEGIN
    SELECT * INTO owed FROM payments_order WHERE id = NEW.order_id FOR UPDATE;
    IF NOT EXISTS (
        SELECT 1 FROM payments_attempt
        WHERE id = NEW.attempt_id AND order_id = NEW.order_id AND gateway = NEW.gateway
    ) THEN
        PERFORM payments_refuse('money belongs to the order and the gateway of its attempt');
    END IF;
    IF NEW.surplus <> '' THEN
        RETURN NEW;
    END IF;
    IF NEW.amount_fen <> owed.amount_fen THEN
        PERFORM payments_refuse('only the whole amount pays an order');
    END IF;
    IF NEW.paid_at > owed.pay_by THEN
        PERFORM payments_refuse('what was paid after the last moment does not count');
    END IF;
    IF EXISTS (SELECT 1 FROM payments_orderend WHERE order_id = NEW.order_id) THEN
        PERFORM payments_refuse('an ended order is not paid');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_settlement_fits BEFORE INSERT ON payments_settlement
    FOR EACH ROW EXECUTE FUNCTION payments_check_settlement();

CREATE FUNCTION payments_check_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM payments_order WHERE id = NEW.order_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM payments_settlement WHERE order_id = NEW.order_id AND surplus = ''
    ) THEN
        PERFORM payments_refuse('a paid order does not end');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_end_of_unpaid BEFORE INSERT ON payments_orderend
    FOR EACH ROW EXECUTE FUNCTION payments_check_end();

CREATE FUNCTION payments_check_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    came integer;
    back bigint;
BEGIN
    SELECT amount_fen INTO came FROM payments_settlement WHERE id = NEW.settlement_id FOR UPDATE;
    SELECT coalesce(sum(amount_fen), 0) INTO back
        FROM payments_refund WHERE settlement_id = NEW.settlement_id;
    IF back + NEW.amount_fen > came THEN
        PERFORM payments_refuse('no more goes back than came');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_refund_within BEFORE INSERT ON payments_refund
    FOR EACH ROW EXECUTE FUNCTION payments_check_refund();

CREATE FUNCTION payments_check_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.answered_at IS NOT NULL
        OR (NEW.settlement_id, NEW.amount_fen, NEW.words, NEW.proposed_by, NEW.proposed_at)
            IS DISTINCT FROM
           (OLD.settlement_id, OLD.amount_fen, OLD.words, OLD.proposed_by, OLD.proposed_at) THEN
        PERFORM payments_refuse('a proposal is answered once and never changed');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payments_proposal_answered_once BEFORE UPDATE OR DELETE ON payments_refundproposal
    FOR EACH ROW EXECUTE FUNCTION payments_check_proposal();
CREATE TRIGGER payments_proposal_table_stays BEFORE TRUNCATE ON payments_refundproposal
    FOR EACH STATEMENT EXECUTE FUNCTION juzhu_refuse_change();
"""

NO_GUARDS = """
DROP TRIGGER payments_attempt_amount ON payments_attempt;
DROP TRIGGER payments_settlement_fits ON payments_settlement;
DROP TRIGGER payments_end_of_unpaid ON payments_orderend;
DROP TRIGGER payments_refund_within ON payments_refund;
DROP TRIGGER payments_proposal_answered_once ON payments_refundproposal;
DROP TRIGGER payments_proposal_table_stays ON payments_refundproposal;
DROP FUNCTION payments_check_attempt;
DROP FUNCTION payments_check_settlement;
DROP FUNCTION payments_check_end;
DROP FUNCTION payments_check_refund;
DROP FUNCTION payments_check_proposal;
DROP FUNCTION payments_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_tables"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            """
            CREATE SEQUENCE payments_order_seq;
            CREATE SEQUENCE payments_receipt_seq;
            """,
            """
            DROP SEQUENCE payments_order_seq;
            DROP SEQUENCE payments_receipt_seq;
            """,
        ),
        migrations.RunSQL(STAY, NO_LONGER_STAY),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
