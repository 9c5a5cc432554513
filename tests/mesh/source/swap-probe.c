/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* A node for the interop tests and the transfer benchmark: `swap-probe DIR` listens on
 * the loopback, prints "listen ADDR", and obeys lines on its stdin:
 *
 *   add PATH [sha2-256|sha3-256] [raw]   → added CID
 *   connect ADDR                         → connected PEER
 *   get CID PATH                         → got SECONDS BYTES
 *   fetch CID                            → got SECONDS BYTES (into the store alone)
 *   usage                                → usage CPU-SECONDS PEAK-KB
 *
 * What fails is answered by "failed MESSAGE". It ends with its stdin. */
#include "config.h"

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/mesh-rng.h"
#include "bitswap/mesh-bitswap-session.h"
#include "net/protocol/mesh-services.h"
#include "store/mesh-exporter.h"
#include "store/mesh-importer.h"
#include "source/mesh-dag-fetch.h"
#include "source/mesh-source-chain.h"

typedef struct
{
  MeshHost *host;         /* (owned) */
  MeshServices *services; /* (owned) */
  MeshStore *store;       /* (owned) */
  MeshBitswap *bitswap;   /* (owned) */
} Probe;

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (slot);
}

#define RUN(result, call, ...) \
  GAsyncResult *result##_slot = NULL; \
  g_autoptr (GAsyncResult) result = NULL; \
  call (__VA_ARGS__, result_cb, &result##_slot); \
  result = wait_for (&result##_slot)

static MeshImportResult *
import (Probe *probe, char **words, GError **error)
{
  MeshImportOptions options;

  mesh_import_options_init (&options);
  for (guint i = 2; words[i] != NULL; i++)
    if (g_str_equal (words[i], "raw"))
      options.raw_leaves = TRUE;
    else if (!mesh_multihash_from_name (words[i], &options.hash_code))
      g_printerr ("unknown option %s\n", words[i]);
  RUN (result, mesh_importer_add_async, probe->store, words[1], &options,
       MESH_IMPORT_NONE, NULL, NULL, NULL);
  return mesh_importer_add_finish (probe->store, result, error);
}

static gboolean
add (Probe *probe, char **words, GError **error)
{
  g_autoptr (MeshImportResult) imported = import (probe, words, error);
  g_autofree char *cid = NULL;

  if (imported == NULL)
    return FALSE;
  RUN (result, mesh_store_set_shared_async, probe->store, imported->root, TRUE, NULL);
  if (!mesh_store_set_shared_finish (probe->store, result, error))
    return FALSE;
  cid = mesh_cid_to_string (imported->root, MESH_BASE_32);
  g_print ("added %s\n", cid);
  return TRUE;
}

static gboolean
connect_to (Probe *probe, char **words, GError **error)
{
  g_autoptr (MeshMultiaddr) addr = mesh_multiaddr_parse (words[1], error);
  g_autoptr (GPtrArray) addrs = g_ptr_array_new ();
  g_autoptr (MeshConnection) connection = NULL;

  if (addr == NULL)
    return FALSE;
  g_ptr_array_add (addrs, addr);
  RUN (result, mesh_host_connect_async, probe->host, NULL, addrs, NULL);
  connection = mesh_host_connect_finish (probe->host, result, error);
  if (connection == NULL)
    return FALSE;
  g_print ("connected %s\n",
           mesh_peer_id_to_string (mesh_connection_get_peer_id (connection)));
  return TRUE;
}

static gboolean
fetch (MeshSourceChain *chain, MeshCid *cid, guint64 *n_bytes, GError **error)
{
  RUN (result, mesh_dag_fetch_async, MESH_BLOCK_SOURCE (chain), &cid, 1,
       MESH_DAG_FETCH_RECURSIVE, 0, NULL, NULL, NULL);
  return mesh_dag_fetch_finish (MESH_BLOCK_SOURCE (chain), result, n_bytes, error);
}

static gboolean export(Probe *probe,
                       MeshSourceChain *chain,
                       MeshCid *cid,
                       const char *path,
                       guint64 *n_bytes,
                       GError **error)
{
  RUN (result, mesh_exporter_get_async, MESH_BLOCK_SOURCE (chain),
       mesh_store_get_pool (probe->store), cid, path, NULL, NULL, NULL, NULL);
  return mesh_exporter_get_finish (result, n_bytes, error);
}

static gboolean
get (Probe *probe, char **words, GError **error)
{
  g_autoptr (MeshCid) cid = mesh_cid_parse (words[1], error);
  g_autoptr (MeshBitswapSession) session = NULL;
  g_autoptr (MeshSourceChain) chain = NULL;
  gint64 start_us = g_get_monotonic_time ();
  guint64 n_bytes = 0;

  if (cid == NULL)
    return FALSE;
  session = mesh_bitswap_session_new (probe->bitswap, cid);
  chain = mesh_source_chain_new (probe->store, NULL);
  mesh_source_chain_add (chain, MESH_BLOCK_SOURCE (session), MESH_SOURCE_PEERS, "peers",
                         FALSE);
  if (words[2] != NULL ? !export(probe, chain, cid, words[2], &n_bytes, error)
                       : !fetch (chain, cid, &n_bytes, error))
    return FALSE;
  g_print ("got %.3f %" G_GUINT64_FORMAT "\n",
           (gdouble) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC, n_bytes);
  return TRUE;
}

static void
print_usage (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  g_print ("usage %.2f %ld\n",
           (gdouble) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
               + (gdouble) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
           usage.ru_maxrss);
}

static void
obey (Probe *probe, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 5);
  g_autoptr (GError) error = NULL;
  gboolean ok = TRUE;

  if (g_strcmp0 (words[0], "usage") == 0)
    print_usage ();
  else if (words[0] == NULL || words[1] == NULL)
    g_print ("failed what?\n");
  else if (g_str_equal (words[0], "add"))
    ok = add (probe, words, &error);
  else if (g_str_equal (words[0], "connect"))
    ok = connect_to (probe, words, &error);
  else
    ok = get (probe, words, &error);
  if (!ok)
    g_print ("failed %s\n", error->message);
}

static gboolean
start (Probe *probe, const char *dir, GError **error)
{
  g_autoptr (MeshMultiaddr) any = mesh_multiaddr_parse ("/ip4/127.0.0.1/tcp/0", NULL);
  g_autoptr (GPtrArray) addrs = NULL;
  g_autoptr (MeshKeypair) keypair = NULL;
  guint8 seed[MESH_ED25519_SEED_BYTES];
  MeshRng rng;

  /* Not a secret: this is a probe on the loopback. */
  mesh_rng_init (&rng, (guint64) g_get_real_time () ^ ((guint64) g_random_int () << 32));
  mesh_rng_fill (&rng, seed, sizeof seed);
  keypair = mesh_keypair_new_from_seed (seed);
  RUN (opened, mesh_store_open_async, dir, NULL, NULL, NULL);
  probe->store = mesh_store_open_finish (opened, error);
  if (probe->store == NULL)
    return FALSE;
  probe->host = mesh_host_new (keypair, NULL);
  probe->services = mesh_services_new (probe->host);
  probe->bitswap = mesh_bitswap_new (probe->host, probe->store,
                                     mesh_store_get_pool (probe->store), 1);
  mesh_bitswap_set_serving (probe->bitswap, TRUE);
  RUN (started, mesh_bitswap_start_async, probe->bitswap, NULL, NULL);
  if (!mesh_bitswap_start_finish (probe->bitswap, started, error)
      || !mesh_host_listen (probe->host, any, error))
    return FALSE;
  addrs = mesh_host_dup_addresses (probe->host);
  g_print ("listen %s\n", mesh_multiaddr_to_string (g_ptr_array_index (addrs, 0)));
  return TRUE;
}

static void
stop (Probe *probe)
{
  RUN (stopped, mesh_bitswap_stop_async, probe->bitswap);
  (void) !mesh_bitswap_stop_finish (probe->bitswap, stopped, NULL);
  g_clear_object (&probe->bitswap);
  mesh_services_free (probe->services);
  RUN (hung_up, mesh_host_close_async, probe->host, NULL);
  mesh_host_close_finish (probe->host, hung_up, NULL);
  g_clear_object (&probe->host);
  RUN (closed, mesh_store_close_async, probe->store, NULL);
  mesh_store_close_finish (probe->store, closed, NULL);
  g_clear_object (&probe->store);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GInputStream) base = g_unix_input_stream_new (0, FALSE);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (base);
  g_autoptr (GError) error = NULL;
  Probe probe = { 0 };

  setvbuf (stdout, NULL, _IOLBF, 0);
  if (argc != 2 || !start (&probe, argv[1], &error))
    {
      g_printerr ("%s\n", error != NULL ? error->message : "usage: swap-probe DIR");
      return 1;
    }
  for (;;)
    {
      g_autofree char *line = NULL;
      RUN (result, g_data_input_stream_read_line_async, input, G_PRIORITY_DEFAULT, NULL);

      line = g_data_input_stream_read_line_finish (input, result, NULL, NULL);
      if (line == NULL)
        break;
      obey (&probe, line);
    }
  stop (&probe);
  return 0;
}
