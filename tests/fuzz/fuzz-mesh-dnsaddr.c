/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-dnsaddr.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Every name answers with the same lines; it ends, within its bounds. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) records = g_strsplit (text, "\n", -1);
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse ("/dnsaddr/a", NULL);
  g_autoptr (MeshDnsaddr) dnsaddr = mesh_dnsaddr_new ();
  g_autoptr (GPtrArray) addrs = NULL;

  mesh_dnsaddr_add (dnsaddr, addr);
  for (guint n = 0; mesh_dnsaddr_next (dnsaddr) != NULL; n++)
    {
      g_assert_cmpuint (n, <, MESH_DNSADDR_MAX_LOOKUPS);
      mesh_dnsaddr_answer (dnsaddr, (const char *const *) records);
    }
  addrs = mesh_dnsaddr_dup_addrs (dnsaddr);
  g_assert_cmpuint (addrs->len, <=, MESH_DNSADDR_MAX_ADDRS);
  return 0;
}
