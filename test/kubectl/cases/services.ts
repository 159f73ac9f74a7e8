import { generated, quick, type Case } from '../case.ts';

export const services: readonly Case[] = [
  { run: 'expose deployment web --port=80 --target-port=8000', prints: 'service/web exposed', page: generated('expose') },
  { run: 'get service web', prints: 'NAME   TYPE        CLUSTER-IP      EXTERNAL-IP   PORT(S)   AGE\nweb    ClusterIP   {ip}   <none>        80/TCP    {age}', page: 'tutorials/services/connect-applications-service/' },
  { run: 'get service kubernetes -o wide', prints: 'NAME         TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE   SELECTOR\nkubernetes   ClusterIP   10.96.0.1    <none>        443/TCP   {age}   <none>', page: quick },
  { run: 'get endpoints web --no-headers', prints: 'web {*}:8000,{*}', page: 'tutorials/services/connect-applications-service/' },
  { run: 'create service nodeport np --tcp=80:80', prints: 'service/np created', page: generated('create') },
  { run: 'create service externalname far --external-name=example.com', prints: 'service/far created', page: generated('create') },
  { run: 'get service far', prints: 'NAME   TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\nfar    ExternalName   <none>       example.com   <none>    {age}', page: 'concepts/services-networking/service/' },
];
