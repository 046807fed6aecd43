"""Applications (业务申请): acceptance, decision, waiting, review, withdrawal."""
