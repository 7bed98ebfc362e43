# modules[0].functions[0].args[1].dir (misspelt_direction.py:6): is 'ot'; allowed are 'in', 'out' and 'inout'
#   help: did you mean 'out'?
from cmock_py.spec.model import ApiArg, ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec(
    [ApiModule("io", [ApiFunction("get", "int", [ApiArg("int", "fd"), ApiArg("int *", "value", "ot")])])]
)
