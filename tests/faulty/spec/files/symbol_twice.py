# modules[1].functions[0].symbol (symbol_twice.py:8): the C function 'log_open' is there already: modules[0].functions[0] (symbol_twice.py:7)
#   help: rename or remove one of them
from cmock_py.spec.model import ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec(
    [
        ApiModule("log", [ApiFunction("log_open", "int")]),
        ApiModule("file", [ApiFunction("open", "int", symbol="log_open")]),
    ]
)
