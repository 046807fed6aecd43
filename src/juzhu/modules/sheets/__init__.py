"""Information sheets (居住证信息单), share codes, and the list that tells the standing today."""
