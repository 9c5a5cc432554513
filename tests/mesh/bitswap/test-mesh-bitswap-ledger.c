/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-ledger.h"

#include "base/mesh-error.h"

static void
test_weight_grows_with_debt (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  guint last = 0;

  g_assert_cmpuint (mesh_bitswap_ledger_get_weight (ledger, "nobody"), ==, 1);
  for (guint i = 0; i < 40; i++)
    {
      guint weight = mesh_bitswap_ledger_get_weight (ledger, "taker");

      g_assert_cmpuint (weight, >=, last);
      last = weight;
      mesh_bitswap_ledger_note_sent (ledger, "taker", (gsize) 1 << i);
    }
  g_assert_cmpuint (last, >, 8);
  g_assert_cmpuint (last, <=, MESH_BITSWAP_LEDGER_MAX_WEIGHT);
  mesh_bitswap_ledger_note_received (ledger, "taker", G_MAXSIZE);
  g_assert_cmpuint (mesh_bitswap_ledger_get_weight (ledger, "taker"), ==, 1);
}

static void
test_text (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();
  g_autoptr (MeshBitswapLedger) again = NULL;
  g_autoptr (GBytes) text = NULL;
  g_autoptr (GBytes) text_again = NULL;
  g_autoptr (GError) error = NULL;
  MeshBitswapLedgerEntry entry;

  mesh_bitswap_ledger_note_sent (ledger, "12D3KooWa", 10);
  mesh_bitswap_ledger_note_received (ledger, "12D3KooWb", 20);
  mesh_bitswap_ledger_note_received (ledger, "12D3KooWa", 5);
  text = mesh_bitswap_ledger_to_text (ledger);
  again = mesh_bitswap_ledger_from_text (g_bytes_get_data (text, NULL),
                                         g_bytes_get_size (text), &error);
  g_assert_no_error (error);
  entry = mesh_bitswap_ledger_lookup (again, "12D3KooWa");
  g_assert_cmpuint (entry.bytes_sent, ==, 10);
  g_assert_cmpuint (entry.bytes_received, ==, 5);
  text_again = mesh_bitswap_ledger_to_text (again);
  g_assert_true (g_bytes_equal (text, text_again));
}

static void
test_damaged_text (void)
{
  static const char *const bad[]
      = { "",
          "shoal-bitswap-ledger 2\n",
          "shoal-bitswap-ledger 1\na 1 2",
          "shoal-bitswap-ledger 1\na 1\n",
          "shoal-bitswap-ledger 1\na 1 2 3\n",
          "shoal-bitswap-ledger 1\na -1 2\n",
          "shoal-bitswap-ledger 1\n../a 1 2\n",
          "shoal-bitswap-ledger 1\na 1 2\na 1 2\n",
          "shoal-bitswap-ledger 1\na 1 99999999999999999999\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mesh_bitswap_ledger_from_text ((const guint8 *) bad[i],
                                                    strlen (bad[i]), &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_CORRUPT);
    }
}

static void
test_bounded (void)
{
  g_autoptr (MeshBitswapLedger) ledger = mesh_bitswap_ledger_new ();

  mesh_bitswap_ledger_note_sent (ledger, "first", 1);
  for (guint i = 0; i < MESH_BITSWAP_LEDGER_MAX_PEERS + 100; i++)
    {
      g_autofree char *peer_id = g_strdup_printf ("peer%u", i);

      mesh_bitswap_ledger_note_sent (ledger, peer_id, 1);
      if (i == 0)
        continue;
      mesh_bitswap_ledger_note_sent (ledger, "peer0", 1); /* stays in use */
    }
  g_assert_cmpuint (mesh_bitswap_ledger_get_length (ledger), ==,
                    MESH_BITSWAP_LEDGER_MAX_PEERS);
  g_assert_cmpuint (mesh_bitswap_ledger_lookup (ledger, "first").bytes_sent, ==, 0);
  g_assert_cmpuint (mesh_bitswap_ledger_lookup (ledger, "peer0").bytes_sent, >, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitswap/ledger/weight-grows-with-debt", test_weight_grows_with_debt);
  g_test_add_func ("/bitswap/ledger/text", test_text);
  g_test_add_func ("/bitswap/ledger/damaged-text", test_damaged_text);
  g_test_add_func ("/bitswap/ledger/bounded", test_bounded);
  return g_test_run ();
}
