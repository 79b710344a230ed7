from tests.share.conftest import server as server
