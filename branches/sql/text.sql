-- Text functions: search without case and diacritics, and Vietnamese alphabetical order.
-- IMMUTABLE, so that indexes and generated columns may use them; names are schema-qualified,
-- because an index is built with an empty search path.

CREATE FUNCTION search_key(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(public.unaccent('public.unaccent'::regdictionary, normalize(value, NFC)));

-- The letters of the Vietnamese alphabet (and f, j, w, z) become A to a in their order, whatever
-- tone they carry; then come the tones (ngang, huyền, hỏi, ngã, sắc, nặng = 0 to 5), which
-- decide only between words of the same letters. No ICU collation is needed, so the order is
-- the same on every server.
CREATE FUNCTION alphabet_key(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(
    lower(normalize(value, NFC)),
    'aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz',
    'AAAAAABBBBBBCCCCCCDEFGHHHHHHIIIIIIJKLMMMMMMNOPQRSSSSSSTTTTTTUUUUUUVWXYZ[[[[[[\\\\\\]^_``````a'
) || ' ' || translate(
    lower(normalize(value, NFC)),
    'aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵbcdđfghjklmnpqrstvwxz ',
    '012345012345012345012345012345012345012345012345012345012345012345012345'
);

-- Numbers in a name count as numbers: "Chi bộ 2" stands before "Chi bộ 10".
CREATE FUNCTION sort_key(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN public.alphabet_key(
    regexp_replace(
        regexp_replace(btrim(value), '(\d+)', '0000\1', 'g'), '0*(\d{5,})(?!\d)', '\1', 'g'
    )
);

-- People are ordered by given name, the last word: "Nguyễn Văn An" stands under "An".
CREATE FUNCTION person_sort_key(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN public.alphabet_key(regexp_replace(btrim(value), '^.*\s', ''))
    || ' ' || public.alphabet_key(btrim(value));
