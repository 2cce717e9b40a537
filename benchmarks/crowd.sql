-- A made-up crowd of buyers, in DuckDB's SQL: the same numbers give the same rows each time.
--
-- The tables settle once who bought when, where and what. The views are the rows of Comanda's tables, one view
-- a table; `place` counts what the rows are made by (products, people or orders), so that they can be had in
-- parts. Variables: contacts, orders, until, shares (which store each of some buyers goes to), currencies.

SET VARIABLE products = 5000;
SET VARIABLE tags = 30;
SET VARIABLE lists = 12;
SET VARIABLE first_names = string_split('Ana Maria João José Antônio Francisco Carlos Paulo Lucas Luiz Marcos
    Gabriel Rafael Inês Beatriz Sofia Mateus Camille Léa Chloé Manon Louis Hugo Jules Lucía Martina Paula Daniel
    Alejandro Pablo Emma Olivia Noah Liam James Charlotte Amelia Søren Zoë Ömer Yuki Fatima Omar Wei 美咲
    Дмитрий Ольга محمد', ' ').list_transform(lambda name: trim(name, E' \n')).list_filter(lambda name: name <> '');
SET VARIABLE last_names = string_split('Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes
    Costa Ribeiro Martins Carvalho Almeida Lopes Soares Fernandes Vieira Barbosa Rocha Dias García Martínez López
    Sánchez Pérez Gómez Ruiz Díaz Moreno Muñoz Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux Bernard
    Petit Smith Jones Taylor Brown Wilson Evans Walker O''Brien Müller Schmidt Jensen Rossi Tanaka Nguyen
    Kowalski Yılmaz', ' ').list_transform(lambda name: trim(name, E' \n')).list_filter(lambda name: name <> '');
SET VARIABLE adjectives = ['Red', 'Blue', 'Small', 'Large', 'Vintage', 'Wooden', 'Glass', 'Silver', 'Retro', 'Mini'];
SET VARIABLE nouns = ['Mug', 'Lantern', 'Bag', 'Clock', 'Candle', 'Frame', 'Bowl', 'Cushion', 'Basket', 'Umbrella'];
SET VARIABLE cities = ['Lisboa', 'Porto', 'São Paulo', 'Recife', 'Madrid', 'Sevilla', 'Paris', 'London', 'Berlin'];
SET VARIABLE statuses = ['canceled', 'canceled', 'pending', 'created', 'unknown'];

-- A number from 0 to 1 that depends on what it is asked with alone.
CREATE MACRO u(number, salt) AS (hash(number, salt) % 1000003) / 1000003.0;
CREATE MACRO pick(choices, number, salt) AS choices[1 + (hash(number, salt) % len(choices))::INT];
-- Most people buy once or twice, a few of them hundreds of times.
CREATE MACRO skewed(share) AS (pow(share * 0.97 + 0.03, 3) - 0.000027) / 0.999973;
CREATE MACRO moment(share) AS
    date_trunc('second', getvariable('until')::TIMESTAMP - to_seconds((157680000 * share)::BIGINT));
CREATE MACRO price(product) AS ((199 + hash(product, 'price') % 9800)::DECIMAL(12, 2) / 100)::DECIMAL(12, 2);
CREATE MACRO product_name(product) AS
    pick(getvariable('adjectives'), product, 'a') || ' ' || pick(getvariable('nouns'), product, 'n') || ' ' || product;

CREATE TABLE purchase AS
SELECT i AS id, moment(pow(1 - i / getvariable('orders'), 1.3)) AS placed_at,
       least(floor(getvariable('contacts') * skewed(u(i, 'who')))::BIGINT, getvariable('contacts') - 1) AS buyer,
       u(i, 'guest') < 0.05 AS is_guest,
       pick(getvariable('shares'), CASE WHEN u(i, 'at home') < 0.75 THEN buyer ELSE i END, 'store') AS store_id,
       pick([1, 1, 1, 1, 1, 2, 2, 2, 4, 6], i, 'lines') AS lines
FROM range(1, getvariable('orders') + 1) t(i);

CREATE TABLE line AS
SELECT id AS order_id, position,
       (store_id - 1) * getvariable('products') + 1
           + floor(getvariable('products') * pow(u(id * 8 + position, 'what'), 2))::BIGINT AS product_id,
       pick([1, 1, 1, 1, 2, 2, 3, 6], id * 8 + position, 'many') AS quantity, price(product_id) AS unit_price
FROM (SELECT id, store_id, unnest(range(1, lines + 1)) AS position FROM purchase);

CREATE TABLE person AS
SELECT row_number() OVER (ORDER BY since, number) AS id, number, since
FROM (SELECT n AS number, coalesce(first_at, moment(u(n, 'since'))) AS since
      FROM range(getvariable('contacts')) t(n)
      LEFT JOIN (SELECT buyer, min(placed_at) AS first_at FROM purchase WHERE NOT is_guest GROUP BY buyer) b
           ON b.buyer = n)
ORDER BY id;

CREATE TABLE sale AS
SELECT p.id, p.placed_at, p.store_id, c.id AS contact_id, s.items, s.total AS goods,
       pick([0, 0, 4.90, 7.50]::DECIMAL(12, 2)[], p.id, 'shipping') AS shipping,
       CASE WHEN u(p.id, 'paid') < 0.85 THEN 'completed' ELSE pick(getvariable('statuses'), p.id, 'status') END AS status,
       CASE WHEN status = 'completed' AND u(p.id, 'back') < 0.02 THEN unit_price ELSE 0 END AS refund,
       getvariable('currencies')[p.store_id] AS currency
FROM purchase p
JOIN (SELECT order_id, sum(quantity) AS items, sum(quantity * unit_price) AS total, min(unit_price) AS unit_price
      FROM line GROUP BY order_id) s ON s.order_id = p.id
LEFT JOIN person c ON c.number = p.buyer AND NOT p.is_guest
ORDER BY p.id;

CREATE VIEW made_product AS
SELECT i AS place, i AS id, 1 + (i - 1) // getvariable('products') AS store_id, 'P' || i AS external_id,
       product_name(i) AS name, 'SKU-' || i AS sku, pick(getvariable('nouns'), i, 'n') AS category, '' AS kind,
       '' AS description, price(i) AS price, getvariable('currencies')[store_id::INT] AS currency, '' AS image_url,
       '' AS url, true AS in_catalogue, false AS archived
FROM range(1, getvariable('products') * len(getvariable('currencies')) + 1) t(i);

CREATE VIEW made_contact AS
SELECT id AS place, id, pick(getvariable('first_names'), number, 'first') AS first_name,
       pick(getvariable('last_names'), number, 'last') AS last_name,
       replace(lower(strip_accents(last_name)), '''', '') || '.' || number || '@example.com' AS email,
       CASE WHEN u(number, 'phone') < 0.4 THEN '+3519' || lpad(number::VARCHAR, 8, '0') ELSE '' END AS phone,
       CASE WHEN u(number, 'company') < 0.1 THEN last_name || ' & Co.' ELSE '' END AS company,
       pick(['en', 'pt', 'pt', 'es', 'fr'], number, 'language') AS language,
       CASE WHEN u(number, 'news') < 0.55 THEN true WHEN u(number, 'news') < 0.75 THEN false END AS accepts_marketing,
       CASE WHEN accepts_marketing IS NOT NULL THEN since END AS consent_at,
       CASE WHEN accepts_marketing IS NOT NULL THEN 'checkout' ELSE '' END AS consent_source,
       CASE WHEN u(number, 'known') < 0.5 THEN json_object(
                'city', pick(getvariable('cities'), number, 'city'),
                'birthday', (DATE '1950-01-01' + (hash(number, 'born') % 20000)::INT)::VARCHAR)
            ELSE '{}' END AS fields, since AS created_at, since AS updated_at
FROM person;

CREATE VIEW made_contact_identity AS
SELECT place, 'email' AS kind, 0 AS store_id, email AS value, id AS contact_id FROM made_contact
UNION ALL SELECT place, 'phone', 0, phone, id FROM made_contact WHERE phone <> ''
UNION ALL SELECT id, 'customer', pick(getvariable('shares'), number, 'store'), number::VARCHAR, id FROM person
          WHERE u(number, 'account') < 0.6;

CREATE VIEW made_consent AS
SELECT place, id AS contact_id, accepts_marketing, created_at AS at, 'checkout' AS source,
       'Ticked "news" at the checkout.' AS proof, created_at AS recorded_at
FROM made_contact WHERE accepts_marketing IS NOT NULL;

CREATE VIEW made_contact_tag AS
SELECT DISTINCT id AS place, 1 + floor(getvariable('tags') * pow(u(id * 4 + n, 'tag'), 2))::BIGINT AS tag_id,
       id AS contact_id, since AS tagged_at
FROM (SELECT *, unnest(range(3)) AS n FROM person) WHERE u(id * 4 + n, 'is tagged') < 0.4;

CREATE VIEW made_list_member AS
SELECT DISTINCT id AS place, 1 + floor(getvariable('lists') * pow(u(id * 4 + n, 'list'), 2))::BIGINT AS list_id,
       id AS contact_id, since AS joined_at
FROM (SELECT *, unnest(range(2)) AS n FROM person) WHERE u(id * 4 + n, 'is listed') < 0.5;

CREATE VIEW made_orders AS
SELECT id AS place, id, store_id, (10000000 + id)::VARCHAR AS external_id, '#' || external_id AS number, contact_id,
       status, CASE status WHEN 'completed' THEN 'processing' WHEN 'unknown' THEN 'odd' ELSE status END AS source_status,
       currency, goods + shipping AS total, refund AS refund_total, 0 AS discount_total, shipping AS shipping_total,
       0 AS tax_total, items, placed_at, CASE status WHEN 'completed' THEN placed_at END AS paid_at,
       CASE status WHEN 'canceled' THEN placed_at + INTERVAL 1 DAY END AS canceled_at,
       placed_at + INTERVAL 1 DAY AS source_updated_at,
       CASE WHEN u(id, 'coupon') < 0.1 THEN '{WELCOME10}' ELSE '{}' END AS coupons, '{}' AS tags,
       CASE WHEN shipping > 0 THEN 'Standard' ELSE '' END AS shipping_method, 'card' AS payment_method,
       '' AS admin_url, '' AS cart_external_id, '\x' || md5(id::VARCHAR) AS digest, '\x' AS fingerprint,
       placed_at AS created_at, placed_at AS updated_at
FROM sale;

CREATE VIEW made_order_line AS
SELECT order_id AS place, order_id, position, product_id, quantity, unit_price, quantity * unit_price AS total,
       0 AS discount, product_name(product_id) AS name, 'SKU-' || product_id AS sku, '' AS variant_id,
       pick(getvariable('nouns'), product_id, 'n') AS category, '' AS image_url
FROM line;

CREATE VIEW made_refund AS
SELECT id AS place, id AS order_id, 'R' || id AS external_id, refund AS amount,
       placed_at + INTERVAL 9 DAY AS refunded_at, 'Broken on arrival' AS reason
FROM sale WHERE refund > 0;

CREATE VIEW made_cart AS
SELECT id AS place, id // 20 AS id, store_id, 'K' || sale.id AS external_id, contact_id,
       pick(['abandoned', 'abandoned', 'active', 'recovered', 'ordered'], sale.id, 'cart') AS state, currency,
       price(sale.id) AS total, placed_at AS started_at, placed_at + INTERVAL 1 HOUR AS abandoned_at,
       '' AS order_external_id, '' AS url, '\x' || md5('cart' || sale.id) AS digest, placed_at AS created_at,
       placed_at AS updated_at
FROM sale WHERE sale.id % 20 = 0;

CREATE VIEW made_cart_line AS
SELECT sale.id AS place, sale.id // 20 AS cart_id, 1 AS position, product_id, 1 AS quantity, price(sale.id) AS unit_price,
       price(sale.id) AS total, 0 AS discount, product_name(product_id) AS name, '' AS sku, '' AS variant_id,
       '' AS category, '' AS image_url
FROM sale JOIN line ON line.order_id = sale.id AND position = 1 WHERE sale.id % 20 = 0;

CREATE VIEW made_activity AS
SELECT id AS place, 'order_created' AS kind, contact_id, store_id, id AS order_id, NULL AS cart_id, placed_at AS at,
       placed_at AS recorded_at, id % 10 < 7 AS live,
       json_object('status', status, 'total', (goods + shipping)::VARCHAR, 'currency', currency) AS data
FROM sale
UNION ALL
SELECT id, 'contact_created', id, pick(getvariable('shares'), number, 'store'), NULL, NULL, since, since, true, '{}'
FROM person
UNION ALL
SELECT place, 'tag_added', contact_id, 1, NULL, NULL, tagged_at, tagged_at, true, json_object('tag_id', tag_id)
FROM made_contact_tag
UNION ALL
SELECT place, 'list_joined', contact_id, 1, NULL, NULL, joined_at, joined_at, true, json_object('list_id', list_id)
FROM made_list_member
UNION ALL
SELECT place, 'cart_begun', contact_id, store_id, NULL, id, started_at, started_at, true,
       json_object('total', total::VARCHAR, 'currency', currency)
FROM made_cart;
