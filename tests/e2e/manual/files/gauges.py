"""The manual's spec of gauges.h, with its snippets as they stand there."""

from cmock_py import ApiArg, ApiFunction, ApiModule, ApiSpec

FIELD = "_stored_->arg = arg->field;"
COPY = "memcpy(speeds->speeds, _return_->the_speeds, speeds->n * sizeof(int));"

api_spec = ApiSpec(
    [
        ApiModule(
            "gauges",
            [
                ApiFunction("f", args=[ApiArg("ComplexType *", "arg", stored_type="int", code=FIELD)]),
                ApiFunction(
                    "weigh",
                    args=[
                        ApiArg(
                            "ComplexType *",
                            "arg",
                            stored_type="long",
                            code="_stored_->arg = (long)arg->field * factor;",
                        ),
                        ApiArg("int", "factor", stored_type="void"),
                    ],
                ),
                ApiFunction("hide", args=[ApiArg("void *", "context", stored_type="void"), ApiArg("int", "n")]),
                ApiFunction(
                    "g",
                    args=[
                        ApiArg("ComplexType *", "arg", stored_type="int", code=FIELD),
                        ApiArg("int", "arg2", phantom=True, code="_stored_->arg2 = arg->field2;"),
                    ],
                ),
                ApiFunction(
                    "get_last_speeds2",
                    ret="bool",
                    args=[
                        ApiArg("SpeedsType *", "speeds", stored_type="int", code="_stored_->speeds = speeds->n;"),
                        ApiArg("int *", "the_speeds", dir="out", phantom=True, buffer="speeds->n", code=COPY),
                    ],
                ),
                ApiFunction(
                    "get_last_speeds3",
                    ret="bool",
                    args=[
                        ApiArg("SpeedsType *", "speeds", view="speeds->n"),
                        ApiArg(
                            "int *", "the_speeds", dir="out", phantom=True, buffer="speeds->n", fill="speeds->speeds"
                        ),
                        ApiArg("int", "n", dir="out", phantom=True, fill="speeds->n"),
                    ],
                ),
                ApiFunction(
                    "swap",
                    ret="int",
                    args=[
                        ApiArg("ComplexType *", "object", stored_type="int", code="_stored_->object = object->field;"),
                        ApiArg("int", "field", dir="out", phantom=True, code="object->field = _return_->field;"),
                    ],
                ),
                ApiFunction(
                    "get_speeds_twice",
                    ret="bool",
                    args=[
                        ApiArg("int", "n"),
                        ApiArg(
                            "int *",
                            "speeds",
                            dir="out",
                            buffer=True,
                            code=(
                                "for (unsigned long i = 0; i < 2 * _return_->speeds_length; i++)\n"
                                "    speeds[i] = _return_->speeds[i / 2];"
                            ),
                        ),
                    ],
                ),
                ApiFunction("show_speeds", args=[ApiArg("const int *", "speeds", buffer="n"), ApiArg("int", "n")]),
                ApiFunction("show_letters", args=[ApiArg("const char *", "letters", buffer="n"), ApiArg("int", "n")]),
                ApiFunction(
                    "place",
                    args=[ApiArg("const ComplexType *", "what", view="*what", matched=True), ApiArg("int", "count")],
                ),
            ],
        ),
        ApiModule("stack", [ApiFunction("push", args=[ApiArg("Stack", "s"), ApiArg("int", "val", matched=True)])]),
        ApiModule(
            "silent",
            [
                ApiFunction("get_curr_speed2", ret="int", silent="17"),
                ApiFunction(
                    "get_limits",
                    ret="bool",
                    silent="true",
                    args=[
                        ApiArg("int *", "low", dir="out"),
                        ApiArg("int *", "high", dir="out", default_val="FIRST_SPEED + 1"),
                    ],
                ),
                ApiFunction("count_speeds", ret="int", silent='(int)strlen("abc") * FIRST_SPEED'),
                ApiFunction(
                    "get_names",
                    silent=True,
                    args=[
                        ApiArg("char *", "name", dir="out", buffer="size", default_val='"Ada"'),
                        ApiArg("int", "size"),
                    ],
                ),
                ApiFunction("tick", silent=True),
            ],
        ),
    ]
)
