"""The tables of the till's database and of the menu file.

Moments are ISO 8601 UTC text, sums are kopecks, quantities thousandths. Whole facts are kept as JSON
in `document` (see `codec`), with the columns beside it that queries need.
"""

from typing import Final

#: "MLTL": the till's database, stands in the file's header at byte 68.
APPLICATION_ID: Final = 0x4D4C544C
#: "MLMN": a menu file.
MENU_APPLICATION_ID: Final = 0x4D4C4D4E

V1: Final = """
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE staff (
    staff_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    pin_hash TEXT NOT NULL,
    permissions TEXT NOT NULL,
    position INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE staff_locks (
    staff_id TEXT PRIMARY KEY,
    failed_attempts INTEGER NOT NULL,
    locked_until TEXT
) WITHOUT ROWID;

CREATE TABLE card_codes (
    code TEXT PRIMARY KEY,
    added_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE stops (
    product_id TEXT PRIMARY KEY,
    is_stopped INTEGER NOT NULL,
    stock_left INTEGER
) WITHOUT ROWID;

CREATE TABLE drafts (
    sale_id TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    shift_id TEXT,
    opened_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    history TEXT NOT NULL,
    loyalty TEXT,
    card_id TEXT,
    tenders TEXT NOT NULL,
    rounding_minor INTEGER NOT NULL,
    step TEXT NOT NULL,
    extra TEXT NOT NULL
);
CREATE INDEX drafts_by_card ON drafts (card_id) WHERE card_id IS NOT NULL;

-- The lines of a draft that has no steps of undo, so that a tap on a long order writes one row.
CREATE TABLE draft_lines (
    sale_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (sale_id, position)
) WITHOUT ROWID;

CREATE TABLE payments (
    payment_id TEXT PRIMARY KEY,
    sale_id TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    state TEXT NOT NULL,
    started_at TEXT NOT NULL,
    receipt_no_before TEXT NOT NULL,
    reference TEXT
);
CREATE INDEX payments_by_sale ON payments (sale_id);
CREATE INDEX payments_open ON payments (started_at) WHERE state IN ('intent', 'unknown');

CREATE TABLE shifts (
    shift_id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    cashier_id TEXT NOT NULL,
    cashier_name TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    cash_float_minor INTEGER NOT NULL,
    closed_at TEXT,
    expected_cash_minor INTEGER,
    counted_cash_minor INTEGER
) WITHOUT ROWID;
CREATE UNIQUE INDEX shifts_one_open ON shifts ((1)) WHERE closed_at IS NULL;

CREATE TABLE cash_movements (
    movement_id TEXT PRIMARY KEY,
    shift_id TEXT NOT NULL REFERENCES shifts (shift_id),
    cashier_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    reason TEXT NOT NULL,
    occurred_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX cash_movements_by_shift ON cash_movements (shift_id, occurred_at);

CREATE TABLE sales (
    sequence INTEGER PRIMARY KEY,
    sale_id TEXT NOT NULL UNIQUE,
    number INTEGER NOT NULL,
    shift_id TEXT NOT NULL,
    cashier_name TEXT NOT NULL,
    paid_at TEXT NOT NULL,
    due_minor INTEGER NOT NULL,
    discount_minor INTEGER NOT NULL,
    points_minor INTEGER NOT NULL,
    guest_name TEXT NOT NULL,
    line_count INTEGER NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX sales_by_shift ON sales (shift_id);
CREATE INDEX sales_by_time ON sales (paid_at);
CREATE INDEX sales_by_number ON sales (number);

CREATE TABLE tenders (
    sale_id TEXT NOT NULL,
    shift_id TEXT NOT NULL,
    is_refund INTEGER NOT NULL,
    kind TEXT NOT NULL,
    amount_minor INTEGER NOT NULL
);
CREATE INDEX tenders_by_shift ON tenders (shift_id, is_refund, kind, amount_minor);

CREATE TABLE refunds (
    refund_id TEXT PRIMARY KEY,
    sale_id TEXT NOT NULL REFERENCES sales (sale_id),
    shift_id TEXT NOT NULL,
    refunded_at TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX refunds_by_sale ON refunds (sale_id);
CREATE INDEX refunds_by_shift ON refunds (shift_id);

CREATE TABLE refund_lines (
    sale_id TEXT NOT NULL,
    line_id TEXT NOT NULL,
    refund_id TEXT NOT NULL REFERENCES refunds (refund_id),
    quantity_milli INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (sale_id, line_id, refund_id)
) WITHOUT ROWID;

CREATE TABLE guests (
    card_id TEXT PRIMARY KEY,
    phone TEXT NOT NULL,
    phone_tail TEXT NOT NULL,
    code6 TEXT NOT NULL,
    visit_count INTEGER NOT NULL,
    used_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    document TEXT NOT NULL
);
CREATE INDEX guests_by_phone ON guests (phone);
CREATE INDEX guests_by_tail ON guests (phone_tail);
CREATE INDEX guests_by_code ON guests (code6);
CREATE INDEX guests_by_use ON guests (visit_count, used_at);

CREATE TABLE local_cards (
    local_id TEXT PRIMARY KEY,
    card_id TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE print_jobs (
    sequence INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL UNIQUE,
    printer TEXT NOT NULL,
    kind TEXT NOT NULL,
    sale_id TEXT,
    is_copy INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    not_before TEXT,
    last_error TEXT NOT NULL,
    created_at TEXT NOT NULL,
    payload TEXT NOT NULL
);
CREATE INDEX print_jobs_waiting ON print_jobs (printer, sequence)
    WHERE state IN ('queued', 'printing', 'failed');
CREATE INDEX print_jobs_by_sale ON print_jobs (sale_id) WHERE sale_id IS NOT NULL;

CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    operation_id TEXT NOT NULL UNIQUE,
    idempotency_key TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    payload TEXT NOT NULL,
    order_key TEXT NOT NULL,
    guest_key TEXT NOT NULL,
    shift_key TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    not_before TEXT,
    error_code TEXT NOT NULL,
    error_ru TEXT NOT NULL,
    error_en TEXT NOT NULL,
    clock_wrong INTEGER NOT NULL,
    server_id TEXT NOT NULL,
    finished_at TEXT
);
CREATE INDEX outbox_waiting ON outbox (sequence)
    WHERE state IN ('pending', 'in_flight', 'conflict');
CREATE INDEX outbox_finished ON outbox (finished_at) WHERE finished_at IS NOT NULL;
"""

V2: Final = """
-- What moves the money: 'card' by the terminal, 'sbp' by a code; `code` is the code that was shown.
ALTER TABLE payments ADD COLUMN kind TEXT NOT NULL DEFAULT 'card';
ALTER TABLE payments ADD COLUMN code TEXT NOT NULL DEFAULT '';

-- What the fiscal register is to do, in this order; `urgent` goes first.
CREATE TABLE fiscal_tasks (
    sequence INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    sale_id TEXT,
    refund_id TEXT,
    shift_id TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    not_before TEXT,
    error_code TEXT NOT NULL,
    error_ru TEXT NOT NULL,
    error_en TEXT NOT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    document TEXT
);
CREATE INDEX fiscal_tasks_open ON fiscal_tasks (urgent DESC, sequence)
    WHERE state NOT IN ('done', 'cancelled');
CREATE INDEX fiscal_tasks_by_sale ON fiscal_tasks (sale_id) WHERE sale_id IS NOT NULL;
CREATE INDEX fiscal_tasks_by_shift ON fiscal_tasks (shift_id);

-- Marking codes that were sold here, without their check part; what comes back is taken out.
CREATE TABLE sold_marks (
    identity TEXT PRIMARY KEY,
    sale_id TEXT NOT NULL
) WITHOUT ROWID;
"""

V3: Final = """
-- When a person asked for a job again: its age counts from there. A late one is marked so on paper.
ALTER TABLE print_jobs ADD COLUMN wanted_at TEXT;
ALTER TABLE print_jobs ADD COLUMN is_late INTEGER NOT NULL DEFAULT 0;
"""

#: The longest beginning that the search index keeps lists for.
PREFIX_LENGTH_MAX: Final = 4

MENU: Final = """
CREATE TABLE info (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE categories (
    category_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    icon TEXT NOT NULL,
    tint INTEGER NOT NULL,
    position INTEGER NOT NULL,
    parent_id TEXT
) WITHOUT ROWID;

-- `rank` orders by popularity, so that a search that reads rowids upwards needs no sort.
CREATE TABLE products (
    rank INTEGER PRIMARY KEY,
    product_id TEXT NOT NULL UNIQUE,
    category_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    sku TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    unit TEXT NOT NULL,
    has_variants INTEGER NOT NULL,
    needs_choice INTEGER NOT NULL,
    is_favourite INTEGER NOT NULL,
    is_stopped INTEGER NOT NULL,
    stock_left INTEGER,
    document TEXT NOT NULL
);
CREATE INDEX products_by_category ON products (category_id, position, rank);
CREATE INDEX products_favourite ON products (position, rank) WHERE is_favourite;

CREATE TABLE groups (
    group_id TEXT PRIMARY KEY,
    document TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE codes (
    code TEXT NOT NULL,
    is_barcode INTEGER NOT NULL,
    product_id TEXT NOT NULL,
    variant_id TEXT,
    PRIMARY KEY (code, is_barcode)
) WITHOUT ROWID;

CREATE TABLE words (word TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE VIRTUAL TABLE search USING fts5 (
    words, content = '', detail = none, columnsize = 0, prefix = '1 2 3 4',
    tokenize = "unicode61 remove_diacritics 0"
);
"""
