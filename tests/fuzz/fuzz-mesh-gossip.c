/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "gossip-fixture.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* The whole core: one peer says it all, then time passes. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const MeshGossipConfig config = gossip_config ();
  GossipFixture f;

  gossip_fixture_init (&f, &config);
  gossip_subscribe (&f, GOSSIP_TOPIC, FALSE);
  gossip_join (&f, TRUE, GOSSIP_TOPIC);
  (void) gossip_say_raw (&f, 0, g_bytes_new (data, size));
  gossip_pass (&f, 70 * G_USEC_PER_SEC);
  gossip_fixture_clear (&f);
  return 0;
}
