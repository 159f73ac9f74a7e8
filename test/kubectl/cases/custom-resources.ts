import { generated, type Case } from '../case.ts';

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: crontabs.stable.example.com }
spec:
  group: stable.example.com
  scope: Namespaced
  names: { plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct] }
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        description: A schedule of commands.
        properties:
          spec:
            type: object
            description: What runs, and when.
            required: [cronSpec]
            properties:
              cronSpec: { type: string, description: When it runs., pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' }
              image: { type: string }
              replicas: { type: integer, minimum: 1, maximum: 10 }
    subresources: { scale: { specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas } }
    additionalPrinterColumns:
    - { name: Spec, type: string, description: The cron spec, jsonPath: .spec.cronSpec }
    - { name: Replicas, type: integer, jsonPath: .spec.replicas, priority: 1 }
    - { name: Age, type: date, jsonPath: .metadata.creationTimestamp }
`;
const crontab = (spec: string): string => `apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata: { name: my-new-cron-object }\nspec: ${spec}\n`;
const page = 'tasks/extend-kubernetes/custom-resources/custom-resource-definitions/';

export const customResources: readonly Case[] = [
  { run: 'apply -f -', input: definition, prints: 'customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com created', page },
  { run: 'wait --for=condition=Established crd/crontabs.stable.example.com --timeout=20s', prints: 'customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com condition met', page: generated('wait') },
  { run: 'get crd crontabs.stable.example.com', prints: 'NAME                          CREATED AT\ncrontabs.stable.example.com   {*}T{*}Z', page },
  { run: 'api-resources --api-group=stable.example.com --namespaced=true', prints: 'NAME       SHORTNAMES   APIVERSION              NAMESPACED   KIND\ncrontabs   ct           stable.example.com/v1   true         CronTab', page: generated('api-resources') },
  { run: 'get crontabs', prints: '', page: 'rule: an empty list is told of on stderr' },
  { run: 'create -f -', input: crontab('{ cronSpec: "* * * *", replicas: 15 }'), code: 1, prints: '{*}The CronTab "my-new-cron-object" is invalid:\n* spec.cronSpec: Invalid value: "* * * *": spec.cronSpec in body should match \'^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$\'\n* spec.replicas: Invalid value: 15: spec.replicas in body should be less than or equal to 10', page: `${page}#validation` },
  { run: 'create -f - --validate=false', input: crontab('{ image: i }'), code: 1, prints: 'The CronTab "my-new-cron-object" is invalid: spec.cronSpec: Required value', page: `${page}#validation` },
  { run: 'create -f -', input: crontab('{ cronSpec: "* * * * */5", image: my-awesome-cron-image }'), prints: 'crontab.stable.example.com/my-new-cron-object created', page },
  { run: 'get ct', prints: 'NAME                 SPEC          AGE\nmy-new-cron-object   * * * * */5   {age}', page: `${page}#additional-printer-columns` },
  { run: 'scale --replicas=5 crontabs/my-new-cron-object', prints: 'crontab.stable.example.com/my-new-cron-object scaled', page: `${page}#scale-subresource` },
  { run: 'get ct -o wide --no-headers', prints: 'my-new-cron-object   * * * * */5   5          {age}', page: `${page}#priority` },
  { run: 'describe crontab my-new-cron-object', page, prints: 'Name:         my-new-cron-object\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\nAPI Version:  stable.example.com/v1\nKind:         CronTab\nMetadata:\n{...}\nSpec:\n  Cron Spec:  * * * * */5\n  Image:      my-awesome-cron-image\n  Replicas:   5\nEvents:       <none>' },
  { run: 'explain crontab.spec', prints: 'GROUP:      stable.example.com\nKIND:       CronTab\nVERSION:    v1\n\nFIELD: spec <Object>\n\n\nDESCRIPTION:\n    What runs, and when.\n\nFIELDS:\n  cronSpec	<string> -required-\n    When it runs.\n\n  image	<string>\n    <no description>\n\n  replicas	<integer>\n    <no description>\n\n', page: generated('explain'), only: 'newer' },
  { run: 'get ct --field-selector=spec.image=x', code: 1, prints: 'Error from server (BadRequest): Unable to find "stable.example.com/v1, Resource=crontabs" that match label selector "", field selector "spec.image=x": field label not supported: spec.image', page: 'concepts/overview/working-with-objects/field-selectors/' },
  { run: 'describe crd crontabs.stable.example.com', page, prints: 'Name:         crontabs.stable.example.com\n{...}\nStatus:\n  Accepted Names:\n    Kind:       CronTab\n    List Kind:  CronTabList\n    Plural:     crontabs\n    Short Names:\n      ct\n    Singular:  crontab\n  Conditions:\n    Last Transition Time:  {*}\n    Message:               no conflicts found\n    Reason:                NoConflicts\n    Status:                True\n    Type:                  NamesAccepted\n    Last Transition Time:  {*}\n    Message:               the initial names have been accepted\n    Reason:                InitialNamesAccepted\n    Status:                True\n    Type:                  Established\n  Stored Versions:\n    v1\nEvents:  <none>' },
  { run: 'delete crd crontabs.stable.example.com', prints: 'customresourcedefinition.apiextensions.k8s.io "crontabs.stable.example.com" deleted', page },
];
