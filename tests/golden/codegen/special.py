"""The spec behind ``special.c``: arguments that are more than their own value."""

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec

N = ApiArg("int", "n")
FORMAT = ApiArg("const char *", "format")

api_spec = ApiSpec([
    ApiModule("snippets", [
        ApiFunction("set_limit", args=[
            ApiArg("const struct speeds *", "limit", stored_type="int", code="_stored_->limit = limit->n;"),
            ApiArg("int *", "speeds", phantom=True, buffer="limit->n",
                   code="memcpy(_stored_->speeds, limit->speeds, (size_t)limit->n * sizeof(int))"),
            ApiArg("unsigned", "valid", phantom=True, view="limit->valid"),
            ApiArg("const char *", "name", phantom=True, view="limit->name", string=8),
        ]),
        ApiFunction("get_speeds", "_Bool", [
            ApiArg("struct speeds *", "speeds", stored_type="int", code="_stored_->speeds = speeds->n;"),
            ApiArg("int *", "the_speeds", "out", "speeds->n", phantom=True,
                   code="memcpy(speeds->speeds, _return_->the_speeds, (size_t)speeds->n * sizeof(int));"),
        ]),
        ApiFunction("get_speeds_too", "_Bool", [
            ApiArg("struct speeds *", "speeds", view="speeds->n"),
            ApiArg("int *", "the_speeds", "out", "speeds->n", phantom=True, fill="speeds->speeds"),
            ApiArg("int", "n", "out", phantom=True, fill="speeds->n"),
        ]),
        ApiFunction("find", ApiArg("box_t *", "found", stored_type="int", code="found = box_of(_return_->found);"), [
            ApiArg("const box_t *", "near", stored_type="int", view="id_of(near)", matched=True),
            ApiArg("int *", "count", stored_type="void"),
        ]),
        ApiFunction("name_of", "int", [
            ApiArg("int", "id"), ApiArg("char *", "name", "out", "size", string=True), ApiArg("size_t", "size"),
        ]),
    ]),
    ApiModule("structs", [
        ApiFunction("move", "struct point", [
            ApiArg("struct point", "from", matched=True),
            ApiArg("const struct point *", "path", buffer="n"),
            N,
            ApiArg("struct point *", "to", "inout"),
        ]),
    ]),
    ApiModule("silent", [
        ApiFunction("curr_speed", "int", silent="DEFAULT_SPEED"),
        ApiFunction("last_speeds", args=[
            N,
            ApiArg("int *", "speeds", "out", "n", default_val="{ 1, 2, 3 }"),
            ApiArg("struct point *", "at", "out", default_val="(struct point){ 'a', 1.5, 2 }"),
            ApiArg("char *", "label", "out", 8, string=True, default_val='"none"'),
        ], silent=True),
    ]),
    ApiModule("lists", [
        ApiFunction("log_line", "int", [FORMAT, ApiArg("...", "rest", format="format")]),
        ApiFunction("log_list", "int", [FORMAT, ApiArg("va_list", "list", format="format")]),
        ApiFunction("sum", "int", [N, ApiArg("...", "numbers", stored_type="short", length="n")]),
        ApiFunction("run", "int", [
            ApiArg("const char *", "program"), ApiArg("...", "words", stored_type="const char *", sentinel="NULL"),
        ]),
        ApiFunction("mixed", "double", [
            ApiArg("int", "first"), ApiArg("...", "rest", types=["float", "char *", "uint8_t", "unsigned long", "void *"]),
        ]),
    ]),
])  # fmt: skip
