"""Limits of the messages, by name: what is longer or more than this is no message of ours.

They are part of the published schemas, so they are constants and not settings: raising one is a change of contract.
"""

from __future__ import annotations

from datetime import date

#: Bytes of one inbound message when the caller names no other limit (setting ``message_bytes_max``).
MESSAGE_BYTES_MAX = 1024 * 1024
#: Lines of one order, receipt, opening balance, pick or shipment.
LINES_MAX = 2000
#: Serial numbers of one line of goods, of a pick or of a shipment.
SERIALS_MAX = 10_000
#: Orders in one shipment or one request to allocate.
ORDERS_MAX = 1000
#: Lots that one comparison names.
COMPARED_MAX = 10_000
#: Orders that one request names by what others call them: each is looked for among all of its source.
REFERENCED_MAX = 200
#: Persons that one request forgets by their keys.
PERSONS_MAX = 1000
#: Orders in one wave.
WAVE_ORDERS_MAX = 1000
#: Lots of one recall.
LOTS_MAX = 1000
#: Packages in one shipment.
PACKAGES_MAX = 5000
#: Sites in an owner's ranking.
SITES_MAX = 200
#: Channels an owner sells on.
CHANNELS_MAX = 50
#: Seconds for which changes of what may be sold are gathered up; a day.
GATHER_SECONDS_MAX = 86_400
#: Hours after which the sender of a held order is told, at most; ten years.
NOTICE_HOURS_MAX = 87_600
#: Days before expiry at which people are told, of an owner or an item.
ALERT_DAYS_MAX = 20
#: Locations an owner leaves out.
LOCATIONS_MAX = 2000
#: Zones an owner's stock is used by.
ZONES_MAX = 200
#: Units of one item.
UNITS_MAX = 50
#: Components of one kit.
COMPONENTS_MAX = 500
#: Trade item numbers (GTIN) of one item.
GTINS_MAX = 50
#: SKUs with a minimum life of their own at one customer.
SKU_RULES_MAX = 5000
#: References of one order.
REFERENCES_MAX = 50
#: Types of papers that one item or customer requires, and storage or hazard classes of one location.
CLASSES_MAX = 50
#: Pairs of hazard classes that must not lie together.
CONFLICTS_MAX = 500
#: Papers of one lot, and of one message about them.
LOT_DOCUMENTS_MAX = 50
#: Values that one inspection has measured.
MEASURED_MAX = 100
#: Characters of an inspection's number, which is a part of the id of a hold.
INSPECTION_CHARS_MAX = 100
#: Further facts of one received line.
DETAILS_MAX = 50
#: Facts that goods of one item need.
FACTS_MAX = 50
#: Papers that come with one line of goods.
CERTIFICATES_MAX = 50
#: Lines of a street address.
STREET_LINES_MAX = 6

#: Characters of an owner's id; it is also a message key and part of addresses.
OWNER_CHARS_MAX = 64
#: Characters of a name: SKU, lot, order, line, site, location …
NAME_CHARS_MAX = 128
#: Characters of the number of a transfer, which is part of the place where its goods are on the way.
TRANSFER_CHARS_MAX = 120
#: Characters of a message id or its source; ids may carry a name and a hash.
MESSAGE_ID_CHARS_MAX = 255
#: Characters of running text: reasons, descriptions, address parts.
TEXT_CHARS_MAX = 1000

#: Digits of a quantity before and after the decimal point.
QUANTITY_WHOLE_DIGITS_MAX = 18
QUANTITY_DECIMALS_MAX = 12
#: Decimals of an item's base unit.
ITEM_DECIMALS_MAX = 9

#: Days of a minimum remaining life; a hundred years.
LIFE_DAYS_MAX = 36_500
#: Versions, sequences, tiers and priorities fit a 32-bit column.
INTEGER_MAX = 2**31 - 1
#: Dates before this are clerical errors, and break the arithmetic of lives.
DAY_MIN = date(1900, 1, 1)
#: Orders that one part of what an owner has to look at again may be asked to hold.
CONTINUED_ORDERS_MAX = 10_000
