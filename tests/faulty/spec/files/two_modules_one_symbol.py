# modules[1].functions[0].name (two_modules_one_symbol.py:8): the C function 'close' is there already: modules[0].functions[0] (two_modules_one_symbol.py:7)
#   help: rename or remove one of them
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec(
    [
        ApiModule("files", [ApiFunction("close", "int", [ApiArg("int", "fd")])]),
        ApiModule("valves", [ApiFunction("close")]),
    ]
)
