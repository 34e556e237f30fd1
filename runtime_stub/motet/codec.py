"""What the generated encoders and decoders stand on.

Every payload type has a pair `encode_x(value) -> object`, `decode_x(data) -> X` in the generated wire
modules. An encoded value holds only what MessagePack knows (None, bool, int, float, str, bytes,
tuple or list, dict with str keys); a decoder takes that as it comes off the wire (arrays are lists)
and trusts nothing. Both raise a `CodecError` whose `path` leads to the misfit.

Wire forms of the scalars: dates, times and datetimes are ISO 8601 text, timedeltas whole
microseconds, Decimals text, UUIDs 16 bytes, enum members their name, member ids their index. An int
where a float is declared stays the int it is. Everything else is exact: a bool is no int, and an
instance of a subclass is not sent as its base.

Wire forms of the rest: records and tuples are the array of their fields, TypedDicts that of the required
values and a map of the optional ones. A list or tuple of rows (records or tuples whose fields all travel as
they are) is one array of all their fields, one row after the other; other collections are arrays of their
items. Dicts with str keys are maps, others arrays of pairs. What is declared as a Sequence, Mapping or Set
arrives as a list, dict or frozenset. Members of a union that look alike are tagged with their names:
`["Card", [...]]`. Batches of streams have a form of their own, see `motet.codec_columns`. Half a surrogate
pair in text is refused by the packer.
"""

from __future__ import annotations

from motet.codec_collections import (
    as_dict,
    as_frozenset,
    as_list,
    check_keys,
    check_present,
    decode_dict,
    decode_frozenset,
    decode_list,
    decode_pairs,
    decode_set,
    decode_tuple,
    encode_dict,
    encode_frozenset,
    encode_list,
    encode_pairs,
    encode_set,
    encode_tuple,
    fields_of,
    is_dict,
    is_list,
    misfit_in,
    misfit_tuples,
    mistyped_in,
    mistyped_tuples,
    within,
)
from motet.codec_columns import (
    decode_column,
    decode_floats,
    decode_ints,
    encode_column,
    encode_floats,
    encode_ints,
    in_columns,
    uniform,
)
from motet.codec_constructors import constructor
from motet.codec_errors import (
    CodecError,
    DecodeError,
    EncodeError,
    TooDeep,
    misfit,
    mistyped,
    refused,
    wrong_data,
    wrong_value,
)
from motet.codec_registry import (
    decode_registered,
    encode_registered,
    first_fitting,
    register_codec,
    registered,
)
from motet.codec_scalars import (
    decode_bool,
    decode_bytes,
    decode_decimal,
    decode_flag,
    decode_float,
    decode_int,
    decode_literal,
    decode_member_id,
    decode_none,
    decode_str,
    decode_uuid,
    encode_bool,
    encode_bytes,
    encode_decimal,
    encode_flag,
    encode_float,
    encode_int,
    encode_literal,
    encode_member_id,
    encode_none,
    encode_str,
    encode_uuid,
)
from motet.codec_times import (
    decode_date,
    decode_datetime,
    decode_time,
    decode_timedelta,
    encode_date,
    encode_datetime,
    encode_time,
    encode_timedelta,
)

__all__ = [
    "CodecError",
    "DecodeError",
    "EncodeError",
    "TooDeep",
    "as_dict",
    "as_frozenset",
    "as_list",
    "check_keys",
    "check_present",
    "constructor",
    "decode_bool",
    "decode_bytes",
    "decode_column",
    "decode_date",
    "decode_datetime",
    "decode_decimal",
    "decode_dict",
    "decode_flag",
    "decode_float",
    "decode_floats",
    "decode_frozenset",
    "decode_int",
    "decode_ints",
    "decode_list",
    "decode_literal",
    "decode_member_id",
    "decode_none",
    "decode_pairs",
    "decode_registered",
    "decode_set",
    "decode_str",
    "decode_time",
    "decode_timedelta",
    "decode_tuple",
    "decode_uuid",
    "encode_bool",
    "encode_bytes",
    "encode_column",
    "encode_date",
    "encode_datetime",
    "encode_decimal",
    "encode_dict",
    "encode_flag",
    "encode_float",
    "encode_floats",
    "encode_frozenset",
    "encode_int",
    "encode_ints",
    "encode_list",
    "encode_literal",
    "encode_member_id",
    "encode_none",
    "encode_pairs",
    "encode_registered",
    "encode_set",
    "encode_str",
    "encode_time",
    "encode_timedelta",
    "encode_tuple",
    "encode_uuid",
    "fields_of",
    "first_fitting",
    "in_columns",
    "is_dict",
    "is_list",
    "misfit",
    "misfit_in",
    "misfit_tuples",
    "mistyped",
    "mistyped_in",
    "mistyped_tuples",
    "refused",
    "register_codec",
    "registered",
    "uniform",
    "within",
    "wrong_data",
    "wrong_value",
]
