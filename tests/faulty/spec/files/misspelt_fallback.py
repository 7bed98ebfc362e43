# modules[0].fallback (misspelt_fallback.py:5): is 'Real'; allowed are 'real' and None
#   help: did you mean 'real'?
from cmock_py.spec.model import ApiFunction, ApiModule, ApiSpec

api_spec = ApiSpec([ApiModule("log", [ApiFunction("log_open", "int")], fallback="Real")])
