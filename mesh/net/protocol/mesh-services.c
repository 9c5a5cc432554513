/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "net/protocol/mesh-services.h"

#include "net/protocol/mesh-identify-service.h"

struct MeshServices
{
  MeshIdentifyService *identify; /* (owned) */
  MeshPingService *ping;         /* (owned) */
};

MeshServices *
mesh_services_new (MeshHost *host)
{
  MeshServices *services = g_new0 (MeshServices, 1);

  services->identify = mesh_identify_service_new (host);
  services->ping = mesh_ping_service_new (host);
  return services;
}

void
mesh_services_free (MeshServices *services)
{
  g_object_run_dispose (G_OBJECT (services->ping));
  g_object_run_dispose (G_OBJECT (services->identify));
  g_clear_object (&services->ping);
  g_clear_object (&services->identify);
  g_free (services);
}

MeshPingService *
mesh_services_get_ping (MeshServices *services)
{
  return services->ping;
}
