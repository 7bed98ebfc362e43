"""The spec behind the golden texts of this folder."""

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec

N = ApiArg("int", "n")

api_spec = ApiSpec(
    [
        ApiModule(
            "plain",
            [
                ApiFunction("new", "Stack"),
                ApiFunction("nothing"),
                ApiFunction(
                    "scalars",
                    args=[
                        ApiArg("int8_t", "a"),
                        ApiArg("uint16_t", "b"),
                        ApiArg("int", "c"),
                        ApiArg("unsigned long", "d"),
                        ApiArg("bool", "e"),
                        ApiArg("char", "f"),
                    ],
                ),
                ApiFunction("floats", args=[ApiArg("float", "a"), ApiArg("double", "b"), ApiArg("long double", "c")]),
                ApiFunction("shade", "enum color", [ApiArg("enum color", "c"), ApiArg("unsigned char", "by")]),
                ApiFunction(
                    "widget",
                    "widget_t *",
                    [ApiArg("widget_t *", "parent"), ApiArg("callback_t", "changed"), ApiArg("void *", "context")],
                ),
                ApiFunction("text", "const char *", [ApiArg("const char *", "utf8"), ApiArg("char *", "raw")]),
                ApiFunction("mutable_text", "char *"),
            ],
        ),
        ApiModule(
            "arrays",
            [
                ApiFunction("sum", "int", [ApiArg("const int *", "values", buffer="count"), ApiArg("size_t", "count")]),
                ApiFunction("fill", "long", [ApiArg("void *", "to", "out", buffer="size"), ApiArg("size_t", "size")]),
                ApiFunction(
                    "last",
                    "bool",
                    [N, ApiArg("int *", "values", "out", buffer="n"), ApiArg("unsigned *", "left", "out")],
                ),
                ApiFunction(
                    "pairs",
                    args=[
                        N,
                        ApiArg("const uint8_t *", "from", buffer="n"),
                        ApiArg("uint16_t *", "to", "out", buffer="PAIRS(n)"),
                    ],
                ),
                ApiFunction("bump", args=[ApiArg("int *", "counter", "inout")]),
                ApiFunction("swap", "double", [ApiArg("double *", "both", "inout", buffer=2)]),
                ApiFunction(
                    "device",
                    args=[ApiArg("volatile int *", "port", buffer=1), ApiArg("volatile uint32_t *", "status", "out")],
                ),
                ApiFunction("fixed", args=[ApiArg("char *", "name", buffer=8)]),
                ApiFunction("mean", "double", [ApiArg("const double *", "values", buffer="n"), N]),
            ],
        ),
    ]
)
